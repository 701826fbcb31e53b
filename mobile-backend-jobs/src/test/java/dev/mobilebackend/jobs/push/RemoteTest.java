// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "' 30 ', PT30S",
        "999999999, PT24H",
        "'Tue, 01 Jan 2030 00:02:00 GMT', PT2M",
        "'Mon, 31 Dec 2029 23:59:59 GMT',",
        "-5,",
        "soon,",
        "'',"
    })
    void whatIsAskedToWaitIsReadInBothForms(String field, Duration wait) {
        assertEquals(wait, Remote.retryAfter(field, Instant.parse("2030-01-01T00:00:00Z")));
    }
}
