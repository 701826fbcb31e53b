// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.idempotency.jdbi;

import dev.mobilebackend.core.exchange.Answer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row: a request that was answered, or is being worked on.
 *
 * @param scope what it is stored under
 * @param leased whether its owner may still work on it
 * @param work the name of phased work, null for any other
 * @param input what the phased work was begun with
 * @param points the phases that are done, with their results
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record StoredRequest(
        byte[] scope,
        byte[] fingerprint,
        @Nullable Answer answer,
        boolean leased,
        long owner,
        @Nullable String work,
        @Nullable String input,
        @Nullable String points) {

    /** Fields that are part of an answer itself; all others, such as Set-Cookie, belong to one delivery of it. */
    private static final List<String> KEPT_FIELDS =
            List.of("Content-Type", "Content-Language", "Location", "ETag", "Last-Modified", "Link");

    static StoredRequest read(ResultSet row) throws SQLException {
        int status = row.getInt("status");
        Answer answer =
                row.wasNull() ? null : new Answer(status, fields(row.getString("headers")), row.getBytes("body"));
        return new StoredRequest(
                row.getBytes("scope"),
                row.getBytes("fingerprint"),
                answer,
                row.getBoolean("leased"),
                row.getLong("owner"),
                row.getString("work"),
                row.getString("input"),
                row.getString("points"));
    }

    Decision decide(byte[] asked) {
        if (!Arrays.equals(fingerprint, asked)) {
            return new Decision.Mismatch();
        }
        if (answer != null) {
            return new Decision.Replay(answer.header("Idempotent-Replayed", "true"));
        }
        return leased ? new Decision.Running() : new Decision.Abandoned(this);
    }

    /**
     * What a retry will get for an answer. One that is too large is not kept: a retry is sent on to where its content
     * can be read (RFC 9110 section 15.4.4).
     */
    static Answer kept(Answer answer, int maximumBody) {
        if (answer.body().length <= maximumBody) {
            return answer;
        }
        for (Map.Entry<String, String> field : answer.headers().entrySet()) {
            if (field.getKey().equalsIgnoreCase("Location")) {
                return Answer.of(303).header("Location", field.getValue());
            }
        }
        throw new IllegalStateException("the answer has " + answer.body().length + " bytes and this route keeps "
                + maximumBody + ": give it a Location that a retry can be sent on to, or raise maximumBody");
    }

    /** The fields to keep, one a line. */
    static String lines(Map<String, String> fields) {
        var lines = new StringBuilder();
        fields.forEach((name, value) -> {
            if (isKept(name)) {
                if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
                    throw new IllegalArgumentException(name + " must be one line");
                }
                lines.append(name).append(": ").append(value).append('\n');
            }
        });
        return lines.toString();
    }

    private static boolean isKept(String name) {
        for (String kept : KEPT_FIELDS) {
            if (kept.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, String> fields(String lines) {
        var fields = new LinkedHashMap<String, String>();
        lines.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            fields.put(line.substring(0, colon), line.substring(colon + 2));
        });
        return fields;
    }
}
