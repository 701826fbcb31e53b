// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.spi.LoggingEventAware;

/** A logger that keeps what it is given, and takes key-value pairs as backends for JSON do. */
final class CapturedLog extends AbstractLogger implements LoggingEventAware {

    private static final long serialVersionUID = 1L;

    record Event(Level level, String message, Map<String, Object> pairs) {}

    private final transient List<Event> events = new CopyOnWriteArrayList<>();
    private final Level least;
    private final transient Consumer<Event> told;

    CapturedLog(Level least) {
        this(least, event -> {});
    }

    /** One that tells each event to others too. */
    CapturedLog(Level least, Consumer<Event> told) {
        this.least = least;
        this.told = told;
    }

    List<Event> events() {
        return events;
    }

    /** The only event there is. */
    Event event() {
        if (events.size() != 1) {
            throw new AssertionError("there should be one event, there are " + events);
        }
        return events.get(0);
    }

    @Override
    public void log(LoggingEvent event) {
        var pairs = new LinkedHashMap<String, Object>();
        event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
        keep(new Event(event.getLevel(), event.getMessage(), pairs));
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String message, Object[] arguments, Throwable failure) {
        keep(new Event(level, message, Map.of()));
    }

    private void keep(Event event) {
        events.add(event);
        told.accept(event);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    private boolean isOn(Level level) {
        return level.toInt() >= least.toInt();
    }

    @Override
    public boolean isTraceEnabled() {
        return isOn(Level.TRACE);
    }

    @Override
    public boolean isTraceEnabled(Marker marker) {
        return isOn(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isOn(Level.DEBUG);
    }

    @Override
    public boolean isDebugEnabled(Marker marker) {
        return isOn(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isOn(Level.INFO);
    }

    @Override
    public boolean isInfoEnabled(Marker marker) {
        return isOn(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isOn(Level.WARN);
    }

    @Override
    public boolean isWarnEnabled(Marker marker) {
        return isOn(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isOn(Level.ERROR);
    }

    @Override
    public boolean isErrorEnabled(Marker marker) {
        return isOn(Level.ERROR);
    }
}
