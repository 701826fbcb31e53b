// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.dashboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Bars, one for each minute of the hour that ends now, as SVG that takes its colours from the page's style. */
final class Chart {

    static final int MINUTES = 60;
    private static final int HEIGHT = 100;

    private Chart() {}

    /**
     * @param stacked whether the series stand on each other, or the later in front of the earlier
     * @param classes of the series' bars
     * @param series a value for each minute
     * @param label what a reader who does not see it hears
     */
    static Html bars(boolean stacked, List<String> classes, List<double[]> series, String label) {
        double most = 0;
        for (int minute = 0; minute < MINUTES; minute++) {
            double height = 0;
            for (double[] one : series) {
                height = stacked ? height + one[minute] : Math.max(height, one[minute]);
            }
            most = Math.max(most, height);
        }
        var bars = new ArrayList<Html>();
        for (int minute = 0; minute < MINUTES; minute++) {
            double below = 0;
            for (int i = 0; i < series.size(); i++) {
                double value = series.get(i)[minute];
                if (value > 0) {
                    // Something is never drawn as nothing.
                    double height = Math.max(1, value / most * HEIGHT);
                    bars.add(Html.of(
                            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"8\" height=\"{}\"/>",
                            classes.get(i),
                            minute * 10 + 1,
                            number(Math.max(0, HEIGHT - below - height)),
                            number(height)));
                    below += stacked ? height : 0;
                }
            }
        }
        return Html.of(
                "<svg viewBox=\"0 0 600 101\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">"
                        + "<line class=\"base\" x1=\"0\" y1=\"100.5\" x2=\"600\" y2=\"100.5\"/>{}</svg>",
                label,
                Html.join(bars));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
