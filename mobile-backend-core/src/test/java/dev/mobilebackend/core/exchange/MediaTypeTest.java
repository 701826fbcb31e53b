// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                " application/json ",
                "application/json;charset=utf-8",
                "application/json ; q=\"a;b\""
            })
    void hasNeitherParametersNorCapitals(String contentType) {
        assertEquals("application/json", MediaType.of(contentType));
    }

    @Test
    void isNothingWhereNoFieldSaysIt() {
        assertEquals("", MediaType.of(null));
        assertEquals("", MediaType.of(""));
        assertEquals("", MediaType.of(";charset=utf-8"));
    }
}
