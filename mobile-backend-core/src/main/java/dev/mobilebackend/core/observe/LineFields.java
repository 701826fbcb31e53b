// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

/** Fields as one line of {@code name=value}. */
final class LineFields implements Fields {

    private static final int USUAL_LENGTH = 480;

    private final StringBuilder line = new StringBuilder(USUAL_LENGTH);

    @Override
    public void put(String name, String value) {
        begin(name);
        LogText.append(line, value);
    }

    @Override
    public void put(String name, long value) {
        begin(name);
        line.append(value);
    }

    private void begin(String name) {
        if (line.length() > 0) {
            line.append(' ');
        }
        line.append(name).append('=');
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
