package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.tests.BadInputTest.Case;
import dev.mneme.tests.BadInputTest.Given;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The mistakes of a user who fine-tunes, measures or predicts, each of which ends `mneme` as [BadInputTest] says.
@ExtendWith(NoLeaks.class)
class FinetuneBadInputTest {
    /// A pretrained model without memory, `plain`, and one fine-tuned for RTE, `tuned`; a case has a copy of the one that it needs.
    @TempDir
    private static Path shared;

    private static final String TABLES = " --train @/train.csv --dev @/dev.csv";
    private static final String GLUE = " --task sst2 --data @/SST-2";

    /// Those that run in a process of their own as well.
    private static final Set<String> FORKED = Set.of("no task", "labels that the model does not know", "frequent values without a memory");

    private static final List<Case> CASES = List.of(
            new Case("no task", folder -> {}, "finetune --from @/model --data @/SST-2 --out @/out",
                    List.of("fine-tune: ", "no --task was given", "give the task")),
            new Case("no model", folder -> {}, "finetune --task sst2 --data @/SST-2 --out @/out",
                    List.of("fine-tune: ", "no --from was given", "give the folder of a pretrained model")),
            new Case("an unknown task", folder -> {}, "finetune --from @/model --task sst3 --data @/SST-2 --out @/out",
                    List.of("Invalid value for option '--task'", "SST2", "'sst3'", "see mneme finetune --help")),
            new Case("no data", folder -> {}, "finetune --from @/model --task sst2 --out @/out",
                    List.of("fine-tune for sst2", "the data is not named once", "give --data with a folder, or both --train and --dev")),
            new Case("a file to train on and none to measure", folder -> {},
                    "finetune --from @/model --task classification --train @/train.csv --out @/out",
                    List.of("fine-tune for classification", "the data is not named once", "both --train and --dev")),
            new Case("data that is named twice", folder -> {}, finetune("--task sst2 --data @/SST-2" + TABLES),
                    List.of("fine-tune for sst2", "the data is not named once", "give --data with a folder, or both --train and --dev")),
            new Case("a file as GLUE's folder", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue),
                    finetune("--task sst2 --data @/SST-2/train.tsv"),
                    List.of("fine-tune for sst2 on @/SST-2/train.tsv", "it is no folder", "give the folder of GLUE's files, or both --train and --dev")),
            new Case("a folder of GLUE that is not there", FinetuneBadInputTest::model, finetune("--task sst2 --data @/nowhere"),
                    List.of("fine-tune for sst2 on @/nowhere", "there is no such folder", "give the folder of GLUE's files")),
            new Case("a folder for a task without official files", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue),
                    finetune("--task classification --data @/SST-2"),
                    List.of("fine-tune for classification on @/SST-2", "only GLUE's tasks have a folder of files", "give --train and --dev")),
            new Case("a missing file of a table", FinetuneBadInputTest::model, finetune("--task classification" + TABLES),
                    List.of("read @/train.csv", "there is no such file", "check the path")),
            new Case("a missing file of GLUE", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue,
                    folder -> Files.delete(folder.resolve("SST-2/dev.tsv"))), finetune(GLUE),
                    List.of("read @/SST-2/dev.tsv", "there is no such file", "check the path")),
            new Case("a column that the table has not", with(FinetuneBadInputTest::model, FinetuneBadInputTest::tables),
                    finetune("--task classification" + TABLES),
                    List.of("read @/train.csv as CSV", "it has no column \"text\"", "name a column that it has")),
            new Case("training data without labels", with(FinetuneBadInputTest::model, FinetuneBadInputTest::tables),
                    finetune("--task classification --text-column review --label-column=" + TABLES),
                    List.of("read the labels of @/train.csv", "no column was named", "--label-column")),
            new Case("a class where numbers are to be", with(FinetuneBadInputTest::model, FinetuneBadInputTest::tables),
                    finetune("--task regression --text-column review --label-column name" + TABLES),
                    List.of("read @/train.csv as CSV", "line 2 has the label \"r0\" in \"name\"", "no decimal number", "give one, or fine-tune for classification")),
            new Case("training data of one class", with(FinetuneBadInputTest::model,
                    folder -> TaskSamples.csv(folder.resolve("train.csv"), 5, 1, List.of("same", "same")),
                    folder -> TaskSamples.csv(folder.resolve("dev.csv"), 5, 2, List.of("same", "same"))),
                    finetune("--task classification --text-column review --label-column stars" + TABLES),
                    List.of("the labels [same]", "they are too few", "give data with at least 2")),
            new Case("a folder without a model", with(folder -> Files.createDirectory(folder.resolve("model")), FinetuneBadInputTest::glue),
                    finetune(GLUE), List.of("read a model from @/model", "there is no config.json with weights", "give the folder of a model or of a run")),
            new Case("sequences longer than the model has positions for", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue),
                    finetune("--max-length 33" + GLUE),
                    List.of("read sequences of 33 tokens", "the model has 32 positions", "give at most as many as max_length")),
            new Case("sequences without room for text", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue),
                    finetune("--max-length 4" + GLUE),
                    List.of("read sequences of 4 tokens", "special tokens leave no room for text", "give at least 5 as max_length")),
            new Case("windows that share all they have", with(FinetuneBadInputTest::model, FinetuneBadInputTest::squad),
                    finetune("--task squad --train @/squad.json --dev @/squad.json"),
                    List.of("read contexts in windows that share 64 tokens", "leaves", "of max_length 32", "a smaller doc_stride")),
            new Case("endless epochs", FinetuneBadInputTest::glue, finetune("--epochs Infinity" + GLUE),
                    List.of("set --epochs to Infinity", "that is no number", "give one, or leave the flag out")),
            new Case("no epochs", FinetuneBadInputTest::glue, finetune("--epochs 0" + GLUE),
                    List.of("fine-tune with epochs 0.0", "that makes no sense", "give a number above 0")),
            new Case("frequent values without a memory", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue),
                    finetune("--value-training frequent" + GLUE),
                    List.of("fine-tune @/model", "[value_training] were given", "the model has no memory", "leave them out")),
            new Case("a fine-tuning that is not there", folder -> {}, "finetune --resume --out @/out",
                    List.of("resume the run in @/out", "it holds no run", "give the folder of a run with --out")),
            new Case("settings for a fine-tuning that has its own", folder -> {}, "finetune --resume --epochs 4 --out @/out",
                    List.of("resume the run in @/out", "[--epochs] were given as well", "leave them out")),
            new Case("a pretraining resumed as a fine-tuning", FinetuneBadInputTest::model, "finetune --resume --out @/model",
                    List.of("resume the run in @/model", "it is one of another command", "with the command that it was started with")),
            new Case("a fine-tuning resumed as a pretraining", FinetuneBadInputTest::tuned, "pretrain --resume --out @/tuned",
                    List.of("resume the run in @/tuned", "it is one of another command", "with the command that it was started with")),
            new Case("a fine-tuning in the folder of another", with(FinetuneBadInputTest::model, FinetuneBadInputTest::tuned, FinetuneBadInputTest::glue),
                    "finetune --from @/model --out @/tuned" + GLUE,
                    List.of("start a run in @/tuned", "it already holds a run", "choose another folder with --out")),
            new Case("labels that the model does not know", with(FinetuneBadInputTest::tuned, FinetuneBadInputTest::tables),
                    "evaluate --model @/tuned --task classification --text-column review --label-column stars --data @/dev.csv",
                    List.of("read @/dev.csv as CSV", "line 2 has the label \"", "in \"stars\", which is none of [entailment, not_entailment]",
                            "give the labels that the model was trained with")),
            new Case("a measurement on data without labels", with(FinetuneBadInputTest::tuned, FinetuneBadInputTest::tables),
                    "evaluate --model @/tuned --task classification --text-column review --label-column= --data @/dev.csv",
                    List.of("read the labels of @/dev.csv", "no column was named", "--label-column")),
            new Case("an example without a label to train on", with(FinetuneBadInputTest::model, FinetuneBadInputTest::tables,
                    folder -> Files.writeString(folder.resolve("dev.csv"), "review,stars\nfine,good\nwell,\n")),
                    finetune("--task classification --text-column review --label-column stars" + TABLES),
                    List.of("read @/dev.csv as CSV", "line 3 has no label in \"stars\"", "give it one, or leave it out")),
            new Case("an example without a label to measure on", with(FinetuneBadInputTest::tuned,
                    folder -> Files.writeString(folder.resolve("dev.csv"), "review,stars\nfine,entailment\nwell, \n")),
                    "evaluate --model @/tuned --task classification --text-column review --label-column stars --data @/dev.csv",
                    List.of("read @/dev.csv as CSV", "line 3 has no label in \"stars\"", "evaluate with --missing-labels skip")),
            new Case("no example with a label to measure on", with(FinetuneBadInputTest::tuned,
                    folder -> Files.writeString(folder.resolve("dev.csv"), "review,stars\nfine,\nwell, \n")),
                    "evaluate --model @/tuned --task classification --text-column review --label-column stars --missing-labels skip --data @/dev.csv",
                    List.of("read the labels of @/dev.csv", "none of its 2 examples has one", "give data with labels, or ask for predictions")),
            new Case("digits of another alphabet", FinetuneBadInputTest::glue, finetune("--batch-size \u0967\u0968" + GLUE),
                    List.of("set --batch-size to \u0967\u0968", "that is no integer", "give one, or leave the flag out")),
            new Case("a hexadecimal rate", FinetuneBadInputTest::glue, finetune("--learning-rate 0x1p-4" + GLUE),
                    List.of("set --learning-rate to 0x1p-4", "that is no number", "give one, or leave the flag out")),
            new Case("a measurement of a language model", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue),
                    "evaluate --model @/model" + GLUE,
                    List.of("read a model for a task in @/model/checkpoint-", "its architecture is BertForMaskedLM", "mneme finetune")),
            new Case("a measurement for a task of another kind", with(FinetuneBadInputTest::tuned, FinetuneBadInputTest::squad),
                    "evaluate --model @/tuned --task squad --data @/squad.json",
                    List.of("use the model in @/tuned", "for squad", "it is one for classification", "give the task that it was fine-tuned for")),
            new Case("a measurement for a task with other labels", with(FinetuneBadInputTest::tuned, FinetuneBadInputTest::glue),
                    "evaluate --model @/tuned" + GLUE,
                    List.of("use the model in @/tuned", "for sst2", "its labels are [entailment, not_entailment] and the task's [0, 1]",
                            "give the task that it was fine-tuned for")),
            new Case("a measurement of longer sequences than there are positions", with(FinetuneBadInputTest::tuned, FinetuneBadInputTest::rte),
                    "evaluate --model @/tuned --data @/RTE --max-length 64",
                    List.of("read sequences of 64 tokens", "the model has 32 positions", "give at most as many as max_length")),
            new Case("neither data nor a corpus to measure on", FinetuneBadInputTest::tuned, "evaluate --model @/tuned",
                    List.of("measure @/tuned", "neither of --data and --corpus was given", "give one of them")),
            new Case("a setting of questions for a task of sentences", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue), finetune("--doc-stride 8" + GLUE),
                    List.of("fine-tune for sst2", "the settings [doc_stride] were given", "this task has no use for them", "leave them out")),
            new Case("a threshold where every question has an answer", with(FinetuneBadInputTest::model, FinetuneBadInputTest::squad),
                    finetune("--null-threshold 1 --task squad --train @/squad.json --dev @/squad.json"),
                    List.of("fine-tune for squad", "the settings [null_threshold] were given", "this task has no use for them")),
            new Case("a share of frequent rows where all are trained", with(FinetuneBadInputTest::model, FinetuneBadInputTest::glue), finetune("--frequent-share 0.1" + GLUE),
                    List.of("fine-tune for sst2", "the settings [frequent_share] were given", "value_training is not frequent")),
            new Case("a column for data that has its own", FinetuneBadInputTest::tuned, "evaluate --model @/tuned --data @/RTE --text-column t",
                    List.of("use the model in @/tuned for rte", "the settings [text_column] were given", "this task has no use for them")),
            new Case("settings of training in a file for measuring", with(FinetuneBadInputTest::tuned,
                    folder -> Files.writeString(folder.resolve("settings.json"), "{\"batch_size\": 8, \"learning_rate\": 1}")),
                    "evaluate --model @/tuned --data @/RTE --config @/settings.json",
                    List.of("use the model in @/tuned for rte", "the settings [learning_rate] were given", "only finetune has a use for them")),
            new Case("a flag of training for measuring", folder -> {}, "evaluate --model @/tuned --data @/RTE --learning-rate 1",
                    List.of("give --learning-rate to evaluate", "it has no use for it, only pretrain, finetune have", "leave it out")),
            new Case("a task's settings for a corpus", FinetuneBadInputTest::model, "evaluate --model @/model --corpus @/corpus.txt --task sst2 --max-length 8",
                    List.of("measure @/model on a corpus", "[max_length, task] were given", "only the data of a task has a use for them")),
            new Case("a model that is not there", folder -> {}, "predict --model @/model --data @/RTE --to @/to.tsv",
                    List.of("use the model in @/model", "there is no such folder", "give the folder of a fine-tuned model or of its run")),
            new Case("a model of which nobody says what it is for", FinetuneBadInputTest::model, "predict --model @/model --data @/x.csv --to @/to.tsv",
                    List.of("use the model in @/model", "it is no run", "name it with --task")),
            new Case("a folder for the answers of a table", with(FinetuneBadInputTest::tuned, FinetuneBadInputTest::tables),
                    "predict --model @/tuned --task classification --text-column review --data @/dev.csv --to @/tuned",
                    List.of("write answers to @/tuned", "it is a folder", "only GLUE's tasks have files with names of their own", "give a file")),
            new Case("answers in a folder that is not there", FinetuneBadInputTest::tuned, "predict --model @/tuned --data @/RTE --to @/nowhere/to.tsv",
                    List.of("write the file @/nowhere/to.tsv", "there is no folder @/nowhere", "choose another with --to")));

    private static String finetune(String arguments) {
        return "finetune --from @/model --out @/out" + (arguments.contains("--max-length") ? " " : " --max-length 32 ") + arguments.strip();
    }

    private static Given with(Given... all) {
        return folder -> {
            for (Given each : all) {
                each.in(folder);
            }
        };
    }

    private static void model(Path folder) throws IOException {
        Samples.copy(shared.resolve("plain"), folder.resolve("model"));
    }

    private static void tuned(Path folder) throws IOException {
        Samples.copy(shared.resolve("tuned"), folder.resolve("tuned"));
    }

    private static void glue(Path folder) throws IOException {
        TaskSamples.sst2(folder);
    }

    private static void rte(Path folder) throws IOException {
        TaskSamples.rte(folder);
    }

    private static void squad(Path folder) throws IOException {
        TaskSamples.squad(folder.resolve("squad.json"), 5, 1, false);
    }

    private static void tables(Path folder) throws IOException {
        TaskSamples.csv(folder.resolve("train.csv"), 20, 1, List.of("poor", "good"));
        TaskSamples.csv(folder.resolve("dev.csv"), 20, 2, List.of("poor", "good"));
    }

    @BeforeAll
    static void pretrainAndTune() throws Exception {
        Path plain = shared.resolve("plain");
        Samples.train(plain, Samples.corpus(shared), Samples.settings("steps", 1, "evaluate_every", 1, "checkpoint_every", 1));
        Mneme.Ended ended = Mneme.here(shared, TaskSamples.finetune(plain, "rte", shared.resolve("tuned"), "--data",
                TaskSamples.rte(shared).toString(), "--epochs", "0.1"));
        assertEquals(0, ended.status(), ended.err());
    }

    @TestFactory
    Stream<DynamicTest> eachMistakeIsToldInOneLineAndLeavesNothingBehind(@TempDir Path temporary) {
        return CASES.stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> BadInputTest.check(each, temporary, Mneme::here)));
    }

    @TestFactory
    Stream<DynamicTest> aProcessEndsWithTheStatusAndTheLine(@TempDir Path temporary) {
        return CASES.stream().filter(each -> FORKED.contains(each.name()))
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> BadInputTest.check(each, temporary, Mneme::run)));
    }
}
