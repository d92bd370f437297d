package dev.mneme.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// A command takes the flags that it uses, and says of others whose they are.
class FlagsTest {
    private static Map<String, Set<String>> flags() {
        var flags = new TreeMap<String, Set<String>>();
        Main.commandLine().getSubcommands().forEach((name, command) -> flags.put(name, command.getCommandSpec().options().stream()
                .flatMap(option -> Arrays.stream(option.names())).filter(each -> each.startsWith("--")).collect(Collectors.toCollection(TreeSet::new))));
        return flags;
    }

    private static String refusal(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        var err = new StringWriter();
        commandLine.setErr(new PrintWriter(err));
        commandLine.getSubcommands().values().forEach(each -> each.setErr(new PrintWriter(err)));
        assertEquals(CommandLine.ExitCode.USAGE, commandLine.execute(arguments));
        return err.toString();
    }

    @Test
    void aFlagOfAnotherCommandIsRefusedWithItsName() {
        Map<String, Set<String>> flags = flags();
        var all = new TreeSet<String>();
        flags.values().forEach(all::addAll);
        assertTrue(all.size() > 60, all.toString());
        flags.forEach((command, own) -> {
            for (String flag : all) {
                if (!own.contains(flag)) {
                    String owners = flags.entrySet().stream().filter(each -> each.getValue().contains(flag)).map(Map.Entry::getKey)
                            .collect(Collectors.joining("|"));
                    String said = refusal(command, flag, "1");
                    assertTrue(said.matches("mneme: give " + flag + " to " + command + ": it has no use for it, only ((" + owners + ")(, )?)+ (has|have);"
                            + " leave it out; see mneme " + command + " --help\n"), said);
                }
            }
        });
    }

    @Test
    void measuringTakesNoSettingsOfTraining() {
        Set<String> reading = Set.of("--batch-size", "--max-length", "--doc-stride", "--max-question-length", "--max-answer-length", "--n-best",
                "--null-threshold", "--id-column", "--text-column", "--second-column", "--label-column");
        var evaluate = new TreeSet<>(reading);
        evaluate.addAll(List.of("--model", "--task", "--config", "--data", "--corpus", "--missing-labels", "--json", "--help", "--version"));
        assertEquals(evaluate, flags().get("evaluate"));
        var predict = new TreeSet<>(reading);
        predict.remove("--label-column");
        predict.addAll(List.of("--model", "--task", "--config", "--data", "--to", "--help", "--version"));
        assertEquals(predict, flags().get("predict"));
    }
}
