package dev.mneme.models.report;

/// What pages have in common: their frame, and the style sheet, that of figures included.
final class PageStyle {
    private static final String LIGHT = """
            :root { color-scheme: light dark;
              --paper: #fff; --ink: #1c1c1c; --muted: #5f5f5f; --rule: #dcdcdc; --shade: #f6f6f4; }
            """;
    private static final String DARK = """
            :root { --paper: #16181b; --ink: #e8e8e6; --muted: #a3a6aa; --rule: #373b40; --shade: #1f2226; }
            """;
    private static final String PAGE = """
            body { max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem; background: var(--paper); color: var(--ink);
              font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
            h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
            h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
            p, figcaption { max-width: 54rem; }
            p.muted, p.notes, figcaption { color: var(--muted); font-size: .87rem; }
            p.muted { margin: 0 0 1rem; }
            p.notes { margin: .5rem 0 0; }
            figcaption { margin-top: .35rem; }
            figcaption b { color: var(--ink); }
            figure { margin: .75rem 0 2rem; }
            figure > svg { width: 100%; height: auto; display: block; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; width: 100%;
              border-top: 1.5px solid var(--ink); border-bottom: 1.5px solid var(--ink); }
            th, td { padding: .2rem .4rem; text-align: right; white-space: pre; line-height: 1.3; }
            th { font-weight: 600; vertical-align: bottom; }
            thead th { border-bottom: 1px solid var(--ink); }
            th:first-child, td:first-child { text-align: left; padding-left: 0; }
            th:last-child, td:last-child { padding-right: 0; }
            th.left, td.left { text-align: left; width: 100%; }
            tbody td:first-child.moment { padding-left: 1rem; color: var(--muted); }
            tbody tr.arm td { padding-top: .5rem; }
            tbody tr:last-child td { padding-bottom: .4rem; }
            .legend { display: grid; grid-template-columns: max-content max-content 1fr; gap: .15rem .8rem; align-items: center;
              font-size: .87rem; margin: .5rem 0 1rem; }
            .legend svg { width: 56px; height: 12px; }
            .legend span { color: var(--muted); }
            details { border-top: 1px solid var(--rule); padding: .5rem 0; }
            details:last-of-type { border-bottom: 1px solid var(--rule); }
            summary { cursor: pointer; font-weight: 600; }
            details table { margin: .5rem 0; font-size: .8rem; }
            pre { background: var(--shade); padding: .75rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
            @media print { body { margin: 0; max-width: none; } figure, table { break-inside: avoid; } }
            """;
    private static final String FIGURES = """
            svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
            svg .tick, svg .small { fill: var(--muted); }
            svg .small { font-size: 11px; }
            svg .label, svg .name { font-size: 12.5px; }
            svg .grid { stroke: var(--rule); }
            svg .axis { stroke: var(--ink); }
            svg .reference { stroke: var(--muted); stroke-dasharray: 2 3; }
            svg .line { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round; }
            svg .band { fill: var(--c); opacity: .16; }
            svg .dot { fill: var(--c); }
            svg .hollow { fill: var(--paper); stroke: var(--c); stroke-width: 1.8; }
            svg .leader { stroke: var(--c); opacity: .55; }
            svg .spread { stroke: var(--c); stroke-width: 3; }
            svg .head { stroke: var(--c); stroke-width: 1.6; opacity: .7; }
            svg .ink { --c: var(--ink); }
            svg .heat { shape-rendering: crispEdges; }
            svg .frame { fill: none; stroke: var(--rule); }
            """;

    /// @param title plain text
    /// @param body HTML
    static String page(String title, String body) {
        String escaped = Svg.escape(title);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                """.replace("%s", escaped) + css() + "</style>\n</head>\n<body>\n<h1>" + escaped + "</h1>\n" + body + "</body>\n</html>\n";
    }

    private static String css() {
        return LIGHT + colours(0) + "@media (prefers-color-scheme: dark) {\n" + DARK + colours(1) + "}\n" + PAGE + FIGURES;
    }

    private static String colours(int scheme) {
        return ArmStyle.css(scheme) + HeatMapChart.css(scheme);
    }

    private PageStyle() {}
}
