package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.Versions;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.torch.internal.Reason;
import dev.mneme.torch.io.TensorFileException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line. Exit status 0, 2 for a mistake of the user's (one line that says what and how to mend it), or 1 for a
/// failure, one to print included.
@Command(name = "mneme", mixinStandardHelpOptions = true, version = "mneme " + Versions.MNEME,
        description = "Product-key memory for pretrained language models.",
        footer = {"", "mneme bench add|step|base|load|lookup compares with PyTorch in turns on this machine: see mneme bench --help"},
        subcommands = {DemoCommand.class, PretrainCommand.class, FinetuneCommand.class, EvaluateCommand.class, PredictCommand.class,
            FillMaskCommand.class, UsageCommand.class, ExperimentCommand.class, ConvertCommand.class,
            DoctorCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        StandardOutput output = StandardOutput.install();
        int status;
        try {
            ArgumentLocale.check();
            status = commandLine().execute(arguments);
        } catch (InputException e) {
            System.err.println("mneme: " + e.getMessage());
            status = CommandLine.ExitCode.USAGE;
        } catch (UnsatisfiedLinkError | OutOfMemoryError e) {
            System.err.println("mneme: " + e.getMessage());
            status = CommandLine.ExitCode.SOFTWARE;
        } catch (Error e) {
            System.err.println("mneme: " + e + ": this is a fault of mneme's. Report it, with the trace that MNEME_JVM_OPTIONS=-Dmneme.trace=true shows.");
            if (Boolean.getBoolean("mneme.trace")) {
                e.printStackTrace();
            }
            status = CommandLine.ExitCode.SOFTWARE;
        }
        System.exit(output.statusAfter(status));
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Main());
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        Map<String, CommandLine> commands = commandLine.getSubcommands();
        SettingFlags.addTo(commands.get("pretrain").getCommandSpec(), PretrainConfig.DEFAULT, name -> true);
        SettingFlags.addTo(commands.get("finetune").getCommandSpec(), FineTuneConfig.DEFAULT, name -> true);
        SettingFlags.addTo(commands.get("evaluate").getCommandSpec(), FineTuneConfig.DEFAULT, FineTuneConfig::isForMeasuring);
        SettingFlags.addTo(commands.get("predict").getCommandSpec(), FineTuneConfig.DEFAULT, FineTuneConfig::isForAnswering);
        Values.addTo(commandLine);
        commandLine.setUsageHelpWidth(110);
        commandLine.setUsageHelpLongOptionsMaxWidth(34);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUnmatchedOptionsAllowedAsOptionParameters(false); // or a misspelt flag becomes a --corpus file
        commandLine.setParameterExceptionHandler(Main::parameterMistake);
        commandLine.setExecutionExceptionHandler(Main::failure);
        return commandLine;
    }

    private static int parameterMistake(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String mistake = Arrays.stream(arguments).map(argument -> ofOthers(command, argument)).filter(Objects::nonNull).findFirst()
                .orElse(e.getMessage());
        command.getErr().println("mneme: " + mistake + "; see " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    /// Says which commands have a flag that this one has not; null where none has.
    private static String ofOthers(CommandLine command, String argument) {
        String flag = argument.split("=", 2)[0];
        if (command.getParent() == null || !flag.startsWith("--") || command.getCommandSpec().findOption(flag) != null) {
            return null;
        }
        List<String> others = command.getParent().getSubcommands().values().stream().map(CommandLine::getCommandSpec)
                .filter(other -> other.findOption(flag) != null).map(CommandSpec::name).toList();
        return others.isEmpty() ? null : "give " + flag + " to " + command.getCommandName() + ": it has no use for it, only "
                + String.join(", ", others) + " " + (others.size() == 1 ? "has" : "have") + "; leave it out";
    }

    private static int failure(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (e instanceof InputException || e instanceof TensorFileException) { // what the user gave is wrong, or damaged
            err.println("mneme: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (e instanceof InvalidPathException path) {
            err.println("mneme: " + (ArgumentLocale.readsAll() ? "\"" + path.getInput() + "\" cannot be the name of a file: " + path.getReason()
                    : ArgumentLocale.refused("name the file " + path.getInput(), "it has letters that are not ASCII").getMessage()));
            return CommandLine.ExitCode.USAGE;
        }
        err.println("mneme: " + Reason.of(e) + (String.valueOf(e.getMessage()).endsWith("No space left on device") ? "; make room there, or choose another place" : ""));
        if (Boolean.getBoolean("mneme.trace")) {
            e.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
