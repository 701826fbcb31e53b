// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Inputs that jqwik puts together from the pieces of the grammars and from known tricks. */
class HostileInputTest {

    private static final List<String> PIECES = Stream.concat(
                    Stream.of(
                            "/",
                            "v1",
                            "things",
                            "orders",
                            "inside",
                            ";",
                            "=",
                            ",",
                            ":",
                            ".",
                            "..",
                            "%2f",
                            "%2e",
                            "%",
                            "{",
                            "}",
                            "[",
                            "]",
                            "\"",
                            "\\",
                            "\"name\":",
                            "\"inner\":",
                            "\"tags\":",
                            "1",
                            "-",
                            "e",
                            "true",
                            "null",
                            "for=",
                            "proto=",
                            "by=",
                            "https",
                            "u=",
                            "q=",
                            "*",
                            "en",
                            "de",
                            "00-",
                            "W/",
                            "gzip",
                            "192.0.2.1",
                            "2001:db8::1",
                            "&",
                            "cursor=",
                            "limit=",
                            "Bearer ",
                            "eyJhbGciOiJub25lIn0",
                            "host=",
                            "127.0.0.1",
                            "--b",
                            "\r\n",
                            "Content-Disposition: form-data; name=",
                            "filename=",
                            "charset=",
                            "boundary=",
                            "utf-16",
                            "@",
                            "\\u",
                            "d800",
                            "\1",
                            "\7"),
                    Seeds.NAUGHTY.stream())
            .toList();

    @Property(tries = 1_300)
    void neverHarms(@ForAll Target target, @ForAll("inputs") byte[] input) {
        target.take(input);
    }

    @Provide
    Arbitrary<byte[]> inputs() {
        Arbitrary<byte[]> assembled = Arbitraries.of(PIECES)
                .list()
                .ofMaxSize(12)
                .map(pieces -> pieces.stream().collect(Collectors.joining()).getBytes(StandardCharsets.ISO_8859_1));
        Arbitrary<byte[]> raw = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        Arbitrary<byte[]> cut = assembled.flatMap(
                whole -> Arbitraries.integers().between(0, whole.length).map(length -> Arrays.copyOf(whole, length)));
        return Arbitraries.oneOf(assembled, raw, cut);
    }
}
