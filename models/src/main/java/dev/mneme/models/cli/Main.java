package dev.mneme.models.cli;

import dev.mneme.models.InputException;
import dev.mneme.models.Versions;
import dev.mneme.models.tasks.FineTuneConfig;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.torch.io.TensorFileException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
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
        }
        System.exit(output.statusAfter(status));
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Main());
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        SettingFlags.addTo(commandLine.getSubcommands().get("pretrain").getCommandSpec(), PretrainConfig.DEFAULT);
        for (String name : new String[] {"finetune", "evaluate", "predict"}) {
            SettingFlags.addTo(commandLine.getSubcommands().get(name).getCommandSpec(), FineTuneConfig.DEFAULT);
        }
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
        command.getErr().println("mneme: " + e.getMessage() + "; see " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
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
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        err.println("mneme: " + message);
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
