package dev.mneme.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class HtmlReportTest {
    @TempDir
    Path folder;

    /// The figures of a page, parsed as XML.
    private static List<Element> figures(String html) throws Exception {
        var figures = new ArrayList<Element>();
        for (String part : html.split("<figure>\n")) {
            if (part.startsWith("<svg")) {
                var source = new InputSource(new StringReader(part.substring(0, part.indexOf("<figcaption>"))));
                figures.add(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(source).getDocumentElement());
            }
        }
        return figures;
    }

    private static List<Element> elements(Element figure, String name) {
        var nodes = figure.getElementsByTagName(name);
        return LongStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item((int) i)).toList();
    }

    @Test
    void aCausalRunIsNotCalledAMaskedOne() {
        Report masked = Example.report();
        String before = HtmlReport.html(masked);
        assertTrue(before.contains("by masked language modelling") && before.contains("MLM loss, nats per masked token"), before);
        var causal = new Report(masked.title(), null, null, null, null, masked.arms(), Modelling.CAUSAL);
        String page = HtmlReport.html(causal);
        assertTrue(page.contains("by causal language modelling") && page.contains("LM loss, nats per token")
                && page.contains("<b>Causal language modelling on held-out text.</b>"), page);
        assertFalse(page.contains("MLM") || page.contains("masked language") || page.contains("masked token"), page);
        String text = ReportTable.text(causal) + ReportTable.markdown(causal);
        assertFalse(text.contains("MLM") || text.contains("masked token"), text);
    }

    private static Report report(Arm... arms) {
        return new Report(null, null, List.of(arms));
    }

    @Test
    void everyFigureIsXmlWithOneLineForEachArmThatHasACurve() throws Exception {
        Path file = folder.resolve("report.html");
        HtmlReport.write(file, Example.report());
        List<Element> figures = figures(Files.readString(file));
        assertEquals(3, figures.size());
        assertEquals(2, elements(figures.get(0), "polyline").size(), "facts: of none and of residual-scratch");
        assertEquals(3, elements(figures.get(1), "polyline").size(), "loss: of all");
        assertEquals(0, elements(figures.get(2), "polyline").size());
        for (int figure = 0; figure < 2; figure++) {
            List<Element> lines = elements(figures.get(figure), "polyline");
            assertEquals(lines.size(), lines.stream().map(l -> l.getAttribute("stroke-dasharray")).distinct().count());
            assertEquals(2, elements(figures.get(figure), "path").size(), "bands: of the arms with two seeds that differ");
        }
    }

    // Steps 0, 2000 and 4000 of an axis of 0 to 4000, accuracy 0, 30 and the mean of 40 and 44 on one of 0 to 80.
    @Test
    void aLineRunsThroughTheMeansOfTheSeeds() throws Exception {
        String points = elements(figures(HtmlReport.html(Example.report())).getFirst(), "polyline").getFirst()
                .getAttribute("points");
        double[][] xy = Stream.of(points.split(" ")).map(p -> Stream.of(p.split(",")).mapToDouble(Double::parseDouble)
                .toArray()).toArray(double[][]::new);
        assertEquals(3, xy.length);
        assertEquals(xy[2][0] - xy[1][0], xy[1][0] - xy[0][0], 0.02); // coordinates are rounded to 0.01
        assertEquals(42.0 / 30.0, (xy[2][1] - xy[0][1]) / (xy[1][1] - xy[0][1]), 0.001);
    }

    @Test
    void theShareOfSlotsIsDrawnToScale() throws Exception {
        Element usage = figures(HtmlReport.html(Example.report())).getLast();
        // Of residual-pretrained, whose rows come last: top-1 50% and 70% of slots, so 20% apart; ticks are 20% apart too.
        List<Double> dots = elements(usage, "circle").stream().filter(c -> c.getAttribute("class").equals("dot a5"))
                .map(c -> Double.parseDouble(c.getAttribute("cx"))).toList();
        List<Double> ticks = elements(usage, "line").stream().filter(l -> l.getAttribute("class").equals("grid"))
                .map(l -> Double.parseDouble(l.getAttribute("x1"))).toList();
        assertEquals(4, dots.size(), "top-1 and KL of two memories");
        assertEquals(ticks.get(1) - ticks.get(0), dots.get(2) - dots.get(0), 0.02);
    }

    @Test
    void thePageNeedsNothingElseAndFiguresShareNoNames() {
        String html = HtmlReport.html(Example.report());
        assertFalse(html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").contains("http"));
        for (String loads : List.of("<script", "src=", "href", "url(", "@import", " id=")) {
            assertFalse(html.contains(loads), loads);
        }
    }

    @Test
    void namesAndConfigurationAreEscaped() throws Exception {
        String evil = "<i>\"x\" & 'y'\u0000\uD800";
        var arm = new Arm(evil, 1, 10, 10, 5, 1.0, 0.5, 10,
                List.of(Example.point(0, 0, 2, 0.0), Example.point(10, 10, 1, 0.5)),
                List.of(Example.usage(0, 1, 0.5, 1, 0.2)), null);
        String html = HtmlReport.html(new Report(evil, null, Map.of(evil, evil), evil, List.of(arm)));
        assertFalse(html.contains("<i>"));
        assertTrue(html.contains("<title>&lt;i&gt;&quot;x&quot; &amp; &#39;y&#39;\uFFFD\uFFFD</title>"));
        assertEquals(3, figures(html).size());
        String example = HtmlReport.html(Example.report());
        assertTrue(example.contains("<h1>A &amp; &lt;b&gt;</h1>"));
        assertTrue(example.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"));
    }

    @Test
    void whatIsMissingIsLeftOut() throws Exception {
        assertEquals(0, figures(HtmlReport.html(report())).size());
        assertEquals(0, figures(HtmlReport.html(
                report(new Arm("bare", 1, 0, 0, 0, Double.NaN, null, Double.NaN, null, null, null)))).size());
        var holes = new Arm("holes", 1, 20, 20, 5, 1.0, null, 10, List.of(Example.point(0, 0, Double.NaN, null),
                Example.point(10, 10, 3, Double.NaN), Example.point(20, 20, Double.POSITIVE_INFINITY, null)),
                List.of(new LayerUsage(0, 5, 1, Double.NaN, null, Double.NaN, 1, 1, null, 1, 1, 1)), null);
        String html = HtmlReport.html(report(holes));
        List<Element> figures = figures(html);
        assertEquals(2, figures.size(), "no figure of facts");
        assertEquals(1, elements(figures.getFirst(), "polyline").size());
        assertFalse(html.contains("NaN") || html.contains("Infinity") || html.contains("null"), html);
    }

    @Test
    void moreArmsThanStylesAreStillDrawn() throws Exception {
        Arm[] arms = LongStream.range(0, 12).mapToObj(i -> new Arm("arm" + i, 1, 9, 0, 1, i, null, 1,
                List.of(Example.point(0, 0, 9, null), Example.point(9, 0, i, null)), null, null)).toArray(Arm[]::new);
        assertEquals(12, elements(figures(HtmlReport.html(report(arms))).getFirst(), "polyline").size());
    }

    @Test
    void usageIsDrawnAgainstStepsForEachArmAndLayer() throws Exception {
        var early = new Arm("residual-pretrained", 1, 20, 10, 5, 1.0, null, 10, List.of(Example.point(10, 0, 2, null),
                Example.point(15, 5, 2, null, new UsePoint(0, 0.2, 0.5, 1.0), new UsePoint(3, 0.4, 0.5, 0.5)),
                Example.point(20, 10, 2, null, new UsePoint(0, 0.4, 0.5, 0.8), new UsePoint(3, 0.6, 0.5, 0.25))), null, null);
        var none = new Arm("none", 1, 20, 0, 5, 1.0, null, 10, List.of(Example.point(10, 0, 2, null), Example.point(20, 0, 1, null)),
                null, null);
        String html = HtmlReport.html(report(early, none));
        List<Element> figures = figures(html);
        assertEquals(3, figures.size(), "loss, top-1 and KL");
        assertTrue(html.contains("Top-1 usage against steps") && html.contains("KL against steps"));
        for (Element figure : figures.subList(1, 3)) {
            List<Element> lines = elements(figure, "polyline");
            assertEquals(2, lines.size(), "a line for each memory, none for an arm without");
            assertEquals(2, lines.stream().map(line -> line.getAttribute("stroke-dasharray")).distinct().count());
            lines.forEach(line -> assertEquals(2, line.getAttribute("points").split(" ").length, "points with memory"));
        }
        assertEquals(List.of("residual-pretrained L0  40.0", "residual-pretrained L3  60.0"), elements(figures.get(1), "text").stream()
                .filter(text -> text.getAttribute("class").equals("name")).map(Element::getTextContent).sorted().toList());
    }

    @Test
    void usageOfSeedsIsTheirMeanAndRange() {
        var seeds = LongStream.of(1, 2).mapToObj(seed -> new Arm("residual-scratch", seed, 10, 10, 5, 1.0, null, 10,
                List.of(Example.point(10, 10, 2, null, new UsePoint(0, 0.25 * seed, 1, seed))), null,
                new Reading(5, 5, 3, null, List.of(Example.usage(0, 1, 0.125, seed))))).toArray(Arm[]::new);
        LineChart.Series kl = Curves.useSeries(report(seeds), UsePoint::klWeighted, LayerUsage::klWeighted).getFirst();
        assertEquals("residual-scratch", kl.name());
        assertEquals(List.of(new LineChart.Point(10, 1.5, 1, 2)), kl.points());
        assertEquals(new LineChart.Point(5, 1.5, 1, 2), kl.mark());
    }

    @Test
    void aSeedThatEndsEarlyEndsTheMean() {
        var arms = report(Example.none(1, 2, 0.4, 1),
                new Arm("none", 2, 2000, 0, 1, 2.5, 0.3, 1, Example.none(2, 2, 0.4, 1).curve().subList(0, 2), null, null));
        assertEquals(List.of(0.0, 2000.0), Curves.series(arms, CurvePoint::mlmLoss, Reading::mlmLoss).getFirst().points()
                .stream().map(LineChart.Point::x).toList());
    }

    @Test
    void aLongRunStaysASmallFile() throws Exception {
        List<CurvePoint> curve = LongStream.range(0, 20_000).mapToObj(i -> Example.point(i, i, 1 + 1.0 / (i + 1), 0.5)).toList();
        var arms = new ArrayList<Arm>();
        for (String name : List.of("none", "wide", "replace-scratch", "residual-scratch", "other", "another")) {
            arms.add(new Arm(name, 1, 20_000, 20_000, 1, 1, 0.5, 1, curve, List.of(), null));
        }
        String html = HtmlReport.html(report(arms.toArray(Arm[]::new)));
        assertTrue(html.length() < 100_000, () -> html.length() + " characters");
        List<Element> lines = elements(figures(html).getFirst(), "polyline");
        assertEquals(6, lines.stream().map(line -> line.getAttribute("class")).distinct().count());
        assertEquals(6, lines.stream().map(line -> line.getAttribute("stroke-dasharray")).distinct().count());
    }

    @Test
    void numbersAreWrittenAlikeEverywhere() {
        Locale before = Locale.getDefault();
        String here = HtmlReport.html(Example.report());
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals(here, HtmlReport.html(Example.report()));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void ticksAreRoundNumbersThatCoverTheValues() {
        assertEquals(List.of(0.0, 20.0, 40.0, 60.0, 80.0, 100.0), Svg.ticks(0, 83, 6));
        assertEquals(List.of(1.0, 1.5, 2.0, 2.5), Svg.ticks(1.1, 2.4, 4));
        assertEquals(List.of("0.50", "0.55", "0.60"), Svg.ticks(0.51, 0.59, 3).stream()
                .map(t -> Svg.tick(t, Svg.ticks(0.51, 0.59, 3))).toList());
        assertTrue(Svg.ticks(5, 5, 4).size() > 1, "one value");
        assertTrue(Svg.ticks(1e20, Math.nextUp(1e20), 4).size() < 10, "values that a double barely tells apart");
    }
}
