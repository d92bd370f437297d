/// What a run found, as data, as a table and as a page.
///
///     Report -> Json -> report.json
///     Report -> ReportTable -> the terminal, README.md
///     Report -> HtmlReport -> report.html, with LineChart and UsageChart as inline SVG
///     UsageReport -> UsagePage -> the page of mneme usage, with SortedUseChart and HeatMapChart
///
/// Nothing here computes a metric: means and spreads over seeds are all that is added to what the trainer measured.
package dev.mneme.models.report;
