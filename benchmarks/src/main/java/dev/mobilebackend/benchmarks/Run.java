// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** One run of one benchmark: how long it may take, what it says meanwhile, and what it found. */
public final class Run {

    private static final String NUMBER = " N";

    private final PrintStream progress = System.err;
    private final PrintStream answer = System.out;
    private final long start = System.nanoTime();
    private final Map<String, String> asked;

    private Run(Map<String, String> asked) {
        this.asked = asked;
    }

    /**
     * Begins a run that ends by itself: what has not finished within its limit is stopped, children included.
     *
     * @param arguments none, {@code --quick}, or other options of the benchmark
     * @param options what this benchmark takes besides {@code --quick}; one that takes a number ends with a space and N
     */
    public static Run begin(String[] arguments, Duration limit, String... options) {
        var known = new TreeSet<>(List.of(options));
        known.add("--quick");
        var asked = new HashMap<String, String>();
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            if (known.contains(option)) {
                asked.put(option, "");
            } else if (known.contains(option + NUMBER)
                    && i + 1 < arguments.length
                    && arguments[i + 1].matches("[0-9]{1,9}")) {
                asked.put(option, arguments[++i]);
            } else {
                System.err.println("the options are " + known + ", was " + String.join(" ", arguments));
                System.exit(2);
            }
        }
        stopAfter(limit);
        var run = new Run(asked);
        run.say("JDK " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, at most "
                + limit.toMinutes() + " minutes");
        return run;
    }

    /** Whether to show only that it works, with figures that mean little. */
    public boolean quick() {
        return asked("--quick");
    }

    /** Whether that option was given. */
    public boolean asked(String option) {
        return asked.containsKey(option);
    }

    /** The number that was given with that option, or the usual one. */
    public int number(String option, int usual) {
        String given = asked.get(option);
        return given == null ? usual : Integer.parseInt(given);
    }

    /** Tells whoever waits how far it is. */
    public void say(String line) {
        double seconds = (System.nanoTime() - start) / 1e9;
        progress.printf(Locale.ROOT, "%6.1f s  %s%n", seconds, line);
    }

    /** Prints rows under their heads: the first column to the left, numbers to the right. */
    public void table(List<String> heads, List<List<String>> rows) {
        answer.println();
        print(heads, heads, rows);
        rows.forEach(row -> print(row, heads, rows));
        answer.println();
    }

    public void found(Figure figure) {
        answer.println(figure.line(quick()));
    }

    private void print(List<String> cells, List<String> heads, List<List<String>> rows) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            int column = i;
            int widest = rows.stream()
                    .mapToInt(row -> row.get(column).length())
                    .reduce(heads.get(i).length(), Math::max);
            line.append(String.format(i == 0 ? "%-" + widest + "s" : "  %" + widest + "s", cells.get(i)));
        }
        answer.println(line);
    }

    private static void stopAfter(Duration limit) {
        var watch = new Thread(
                () -> {
                    try {
                        Thread.sleep(limit.toMillis());
                    } catch (InterruptedException ended) {
                        return;
                    }
                    System.err.println("stopped: not finished within " + limit.toMinutes() + " minutes");
                    System.exit(3);
                },
                "run-limit");
        watch.setDaemon(true);
        watch.start();
    }
}
