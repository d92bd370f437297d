package dev.mneme.models.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Tells how a long run goes: a bar on a terminal, plain lines otherwise. A run with several trainings, also at the same
/// time, has one bar for all of their steps, and a [#part] for each.
public final class Progress implements AutoCloseable {
    private final PrintStream out;
    private final String task;
    private final long total;
    private final ProgressBar bar; // null without a terminal
    private final boolean isPart;
    private long step; // where this part has arrived

    private Progress(PrintStream out, String task, long initial, long total, ProgressBar bar, boolean isPart) {
        this.out = out;
        this.task = task;
        this.total = total;
        this.bar = bar;
        this.isPart = isPart;
        step = initial;
    }

    /// @param initial steps made before this run, when it resumes
    public static Progress open(PrintStream out, String task, long initial, long total) {
        ProgressBar bar = !isTerminal() ? null : new ProgressBarBuilder().setTaskName(task).setInitialMax(total)
                .startsFrom(initial, Duration.ZERO).setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(250)
                .showSpeed().build();
        return new Progress(out, task, initial, total, bar, false);
    }

    /// One training among those that this progress is about. Its steps move the same bar; closing it leaves the bar alone.
    public Progress part(String name, long steps) {
        return new Progress(out, name, 0, steps, bar, true);
    }

    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    public void stepTo(long next) {
        if (bar != null) {
            bar.stepBy(next - step);
        }
        step = next;
    }

    /// What an evaluation found after a step.
    ///
    /// @param trainLoss since the evaluation before, or null
    /// @param skipped steps so far that were not made
    public void evaluated(long step, Double trainLoss, long skipped, Evaluation result) {
        var text = new StringBuilder();
        if (trainLoss != null) {
            text.append(String.format(Locale.ROOT, "train loss %.3f, ", trainLoss));
        }
        text.append(String.format(Locale.ROOT, "held-out loss %.3f", result.loss()));
        if (skipped > 0) {
            text.append(", ").append(skipped).append(" steps skipped");
        }
        result.metrics().forEach((name, value) -> text.append(String.format(Locale.ROOT, ", %s %.3f", name.replace('_', ' '), value)));
        result.usage().forEach(u -> text.append(
                String.format(Locale.ROOT, ", layer %d top-1 %.1f%%", u.layer(), 100 * u.top1Pooled())));
        if (bar != null) {
            bar.setExtraMessage((isPart ? " " + task + ": " : " ") + text);
        } else {
            out.printf(Locale.ROOT, "%-29s %6d/%d  %s%n", task, step, total, text);
        }
    }

    @Override
    public void close() {
        if (bar != null && !isPart) {
            bar.close();
        }
    }
}
