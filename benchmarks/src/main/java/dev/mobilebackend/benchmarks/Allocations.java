// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Where a JVM allocated how much, by samples of Java Flight Recorder: the heaviest place first. */
public final class Allocations {

    /** A sample is taken where a thread's buffer is full: the smaller the buffers, the finer the picture. */
    public static final List<String> JVM_OPTIONS =
            List.of("-XX:MinTLABSize=2k", "-XX:TLABSize=2k", "-XX:-ResizeTLAB", "-XX:-ZeroTLAB");

    private static final String EVENT = "jdk.ObjectAllocationSample";
    private static final String OURS = "dev.mobilebackend.";

    private final Map<Place, Long> bytes;

    /** The line of ours that allocated or called what did, what that was, and which type it made. */
    private record Place(String ours, String inside, String type) {}

    private Allocations(Map<Place, Long> bytes) {
        this.bytes = bytes;
    }

    static Recording record() {
        var recording = new Recording();
        recording.enable(EVENT).with("throttle", "off").withStackTrace();
        recording.start();
        return recording;
    }

    static Allocations read(Path file) throws IOException {
        var bytes = new HashMap<Place, Long>();
        var threads = new HashSet<Long>();
        try (var recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                if (!event.getEventType().getName().equals(EVENT) || event.getStackTrace() == null) {
                    continue;
                }
                // A thread's first sample weighs what it has allocated since it started.
                boolean first = threads.add(event.getThread().getId());
                if (!first) {
                    bytes.merge(placeOf(event), event.getLong("weight"), Long::sum);
                }
            }
        }
        return new Allocations(bytes);
    }

    /** Rows of bytes a request, our line, what was called there, and the type made. */
    public List<List<String>> rows(int requests, int most) {
        var heaviest = new ArrayList<>(bytes.entrySet());
        heaviest.sort(Map.Entry.<Place, Long>comparingByValue().reversed());
        var rows = new ArrayList<List<String>>();
        for (Map.Entry<Place, Long> each : heaviest.subList(0, Math.min(most, heaviest.size()))) {
            Place place = each.getKey();
            rows.add(List.of(
                    place.ours,
                    place.inside,
                    place.type,
                    String.format(Locale.ROOT, "%,.1f", (double) each.getValue() / requests)));
        }
        return rows;
    }

    private static Place placeOf(RecordedEvent event) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        String type = shortName(event.getClass("objectClass").getName());
        int ours = 0;
        while (ours < frames.size()
                && !frames.get(ours).getMethod().getType().getName().startsWith(OURS)) {
            ours++;
        }
        if (ours == frames.size()) {
            return new Place("-", inside(frames, 1), type);
        }
        return new Place(line(frames.get(ours)), ours == 0 ? "" : inside(frames, ours), type);
    }

    /** The first method outside that was called, and the last, which allocated. */
    private static String inside(List<RecordedFrame> frames, int before) {
        String called = line(frames.get(before - 1));
        return before == 1 ? called : called + " .. " + line(frames.get(0));
    }

    private static String line(RecordedFrame frame) {
        return shortName(frame.getMethod().getType().getName()) + "."
                + frame.getMethod().getName() + ":" + frame.getLineNumber();
    }

    /** Without package, and without the number that the JVM gives to a lambda's class. */
    private static String shortName(String type) {
        int lambda = type.indexOf("$$Lambda");
        String named = lambda < 0 ? type : type.substring(0, lambda) + "$$Lambda";
        return named.substring(named.lastIndexOf('.') + 1);
    }
}
