package dev.mneme.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.pkm.UsageDetail;
import dev.mneme.pkm.UsageDetail.HeatMap;
import dev.mneme.pkm.UsageDetail.SortedUse;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class UsagePageTest {
    @TempDir
    Path folder;

    /// A memory of n² slots whose slot of rank r is used 1/r times as much as the first, by every head alike.
    private static UsageReport.Layer layer(int number, int n, int heads, Double stale) {
        double[] use = IntStream.rangeClosed(1, n * n).mapToDouble(r -> 1.0 / r).toArray();
        long[] best = IntStream.rangeClosed(1, n * n).mapToLong(r -> n * n / r).toArray();
        var top1 = new double[heads];
        Arrays.setAll(top1, h -> 0.125 + h);
        return new UsageReport.Layer(
                new LayerUsage(number, 12_345, 0.875, 0.75, top1, 0.6251, 0.3752, 0.4993, stale, 1_001, 2_002, 3_003),
                new UsageDetail(n, SortedUse.of(use), SortedUse.of(use), IntStream.range(0, heads).mapToObj(h -> HeatMap.of(best, n)).toList()));
    }

    private static UsageReport report(UsageReport.Layer... layers) {
        return new UsageReport("a <model>", List.of("a & b.txt"), Modelling.MASKED, 1.5, List.of(layers));
    }

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
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
    }

    @Test
    void everyMetricOfEveryLayerIsInTheTable() {
        String html = UsagePage.html(report(layer(2, 100, 2, 0.03125), layer(5, 100, 2, 0.0625)));
        for (String row : List.of("slots K 10,000 10,000", "queries Q 12,345 12,345", "usage (top-k), % 87.5 87.5", "top-1 usage, % 75.0 75.0",
                "  head 0 12.5 12.5", "  head 1 112.5 112.5", "top-1 by chance, % 70.9 70.9", // 1 - exp(-1.2345) = 0.70902
                "KL, weighted 0.625 0.625", "KL, by counts 0.375 0.375", "Gini 0.499 0.499", "top-50 1,001 1,001", "top-90 2,002 2,002",
                "top-99 3,003 3,003", "stale, % 3.1 6.3")) {
            String first = row.substring(0, row.lastIndexOf(' '));
            int name = first.lastIndexOf(' ');
            String cells = "<tr><td>" + first.substring(0, name) + "</td><td>" + first.substring(name + 1) + "</td><td>"
                    + row.substring(first.length() + 1) + "</td>";
            assertTrue(html.contains(cells), cells);
        }
        assertTrue(html.contains("<th>layer 2</th><th>layer 5</th>"));
        assertFalse(html.contains("Stale slots are not known"));
    }

    @Test
    void whatIsNotKnownIsADashWithAReason() {
        String html = UsagePage.html(report(layer(0, 4, 1, null)));
        assertTrue(html.contains("<td>stale, %</td><td>–</td>"));
        assertTrue(html.contains("Stale slots are not known: only a run's checkpoint has the optimizer's state"));
    }

    @Test
    void eachLayerHasTwoFiguresThatAreAlsoTold() throws Exception {
        Path file = folder.resolve("usage.html");
        UsagePage.write(file, report(layer(2, 70, 6, null), layer(5, 3, 1, null)));
        List<Element> figures = figures(Files.readString(file));
        assertEquals(4, figures.size());
        for (Element figure : figures) {
            assertEquals("img", figure.getAttribute("role"));
            assertEquals(1, elements(figure, "title").size());
            assertFalse(elements(figure, "desc").getFirst().getTextContent().isEmpty());
        }
        assertEquals(2, elements(figures.get(0), "polyline").size(), "weight and reads");
        assertEquals(6, elements(figures.get(1), "svg").size(), "a map for each head");
        assertEquals("0 0 35 35", elements(figures.get(1), "svg").getFirst().getAttribute("viewBox"), "70 sub-keys in blocks of 2");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList(), "no half-written file is left");
        }
    }

    // Use that falls as 1/rank is a straight line between its ends where both axes are logarithmic, with as many decades down as across.
    @Test
    void bothAxesOfSortedUseAreLogarithmic() throws Exception {
        Element figure = figures(UsagePage.html(report(layer(0, 100, 1, null)))).getFirst();
        double[][] xy = Stream.of(elements(figure, "polyline").getFirst().getAttribute("points").split(" "))
                .map(p -> Stream.of(p.split(",")).mapToDouble(Double::parseDouble).toArray()).toArray(double[][]::new);
        double[] first = xy[0];
        double[] last = xy[xy.length - 1];
        for (double[] point : xy) {
            double expected = first[1] + (last[1] - first[1]) * (point[0] - first[0]) / (last[0] - first[0]);
            assertEquals(expected, point[1], 0.02); // coordinates are rounded to 0.01
        }
        List<Double> across = ticks(figure, "axis", "x1");
        List<Double> down = ticks(figure, "grid", "y1");
        assertEquals(4 * (across.get(1) - across.get(0)), last[0] - first[0], 0.05);
        assertEquals(4 * (down.get(0) - down.get(1)), last[1] - first[1], 0.05);
    }

    private static List<Double> ticks(Element figure, String css, String attribute) {
        return elements(figure, "line").stream().filter(line -> line.getAttribute("class").equals(css))
                .map(line -> Double.parseDouble(line.getAttribute(attribute))).toList();
    }

    // An even share is 2 of 8 queries: 0 is none, 1 a half of it, 3 between once and twice, 4 twice.
    @Test
    void aCellsColourIsItsRatioToAnEvenShare() throws Exception {
        double[] use = {4, 3, 1, 0};
        var detail = new UsageDetail(2, SortedUse.of(use), SortedUse.of(use), List.of(HeatMap.of(new long[] {0, 1, 3, 4}, 2)));
        Element map = elements(figures(UsagePage.html(report(new UsageReport.Layer(layer(0, 2, 1, null).usage(), detail)))).get(1), "svg").getFirst();
        assertEquals(List.of("heat q3 M1 0h1v1h-1z", "heat q4 M0 1h1v1h-1z", "heat q5 M1 1h1v1h-1z"), elements(map, "path").stream()
                .map(path -> path.getAttribute("class") + " " + path.getAttribute("d")).toList());
    }

    // 65 sub-keys in blocks of 2: the last row and column are half as wide, and as dense.
    @Test
    void aNarrowCellIsNotTakenForALessUsedOne() throws Exception {
        long[] best = new long[65 * 65];
        Arrays.fill(best, 1);
        double[] use = Arrays.stream(best).asDoubleStream().toArray();
        var detail = new UsageDetail(65, SortedUse.of(use), SortedUse.of(use), List.of(HeatMap.of(best, 65)));
        Element map = elements(figures(UsagePage.html(report(new UsageReport.Layer(layer(0, 2, 1, null).usage(), detail)))).get(1), "svg").getFirst();
        assertEquals(List.of("heat q4"), elements(map, "path").stream().map(path -> path.getAttribute("class")).toList());
    }

    @Test
    void extremesAreDrawn() throws Exception {
        double[] one = new double[9];
        one[4] = 1e-12;
        double[] wide = {1, 1e-30, 1e-300, 0};
        var single = new UsageReport.Layer(layer(0, 3, 1, null).usage(),
                new UsageDetail(3, SortedUse.of(one), SortedUse.of(one), List.of(HeatMap.of(new long[] {0, 0, 0, 0, 1, 0, 0, 0, 0}, 3))));
        var steep = new UsageReport.Layer(layer(1, 2, 1, null).usage(),
                new UsageDetail(2, SortedUse.of(wide), SortedUse.of(wide), List.of(HeatMap.of(new long[] {1, 0, 0, 0}, 2))));
        String html = UsagePage.html(report(single, steep, layer(2, 1, 1, null)));
        assertEquals(6, figures(html).size());
        assertFalse(html.contains("NaN") || html.contains("Infinity"), html);
    }

    @Test
    void powersOfTenAreShort() {
        assertEquals(List.of("0.001", "0.1", "1", "1,000", "1,000,000"), Stream.of(-3, -1, 0, 3, 6).map(SortedUseChart::powerOfTen).toList());
        assertEquals(List.of("10⁻¹²", "10⁷"), Stream.of(-12, 7).map(SortedUseChart::powerOfTen).toList());
    }

    @Test
    void thePageNeedsNothingElseAndEscapesNames() {
        String html = UsagePage.html(report(layer(2, 64, 4, null)));
        assertTrue(html.contains("<h1>Memory use of a &lt;model&gt;</h1>") && html.contains("a &amp; b.txt"));
        assertFalse(html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").contains("http"));
        for (String loads : List.of("<script", "src=", "href", "url(", "@import", " id=")) {
            assertFalse(html.contains(loads), loads);
        }
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals(html, UsagePage.html(report(layer(2, 64, 4, null))));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aPageOfManyHeadsAndSlotsIsASmallFile() {
        String html = UsagePage.html(report(layer(2, 512, 8, null)));
        assertTrue(html.length() < 600_000, () -> html.length() + " characters");
    }
}
