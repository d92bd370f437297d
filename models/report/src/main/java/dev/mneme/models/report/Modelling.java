package dev.mneme.models.report;

/// What the models of a report learnt, and what its figures are called for it.
public enum Modelling {
    MASKED("masked language modelling", "MLM", "masked token"), CAUSAL("causal language modelling", "LM", "token");

    private final String title;
    private final String loss;
    private final String token;

    Modelling(String title, String loss, String token) {
        this.title = title;
        this.loss = loss;
        this.token = token;
    }

    /// `masked language modelling`.
    String title() {
        return title;
    }

    /// What comes before the word loss: `MLM`.
    String loss() {
        return loss;
    }

    /// `MLM loss`.
    public String lossName() {
        return loss + " loss";
    }

    /// `nats per masked token`.
    String unit() {
        return "nats per " + token;
    }
}
