// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Where fuzzing begins, and what the build tries each time: the tricks that parsers are known to fall for. */
final class Seeds {

    /** Texts that are wrong in nearly any place. */
    static final List<String> NAUGHTY = List.of(
            "",
            " ",
            "\t",
            "\0",
            "\r\nSet-Cookie: a=b",
            "\n",
            "\u001b[31mred",
            "\u007f",
            "\"",
            "\"\"",
            "\"\\",
            "\\",
            "'",
            ",",
            ",,,,",
            ";",
            ";=;=",
            "=",
            "*",
            "-",
            "--1",
            "-1",
            "0",
            "007",
            "1e999999999",
            "9".repeat(400),
            "9223372036854775808",
            "NaN",
            "null",
            "true",
            "{}",
            "[]",
            "[::1]:99999",
            "[::ffff:192.0.2.1]",
            "::".repeat(200),
            "1.2.3.4.5",
            "0x7f.1",
            "%",
            "%0",
            "%00",
            "%c0%af",
            "%u002f",
            "%ff%fe",
            "../../etc/passwd",
            "${jndi:ldap://127.0.0.1/a}",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            "\u00e9\u00df\u00ff",
            "a".repeat(8_000),
            "a,".repeat(4_000),
            "a;q=0.1,".repeat(1_000),
            "\"a\",".repeat(2_000),
            "W/\"a\", ".repeat(1_000),
            "for=192.0.2.1;".repeat(500),
            "(".repeat(4_000),
            "u=9, u=0, i=?2");

    private Seeds() {}

    static Stream<byte[]> paths() {
        Stream<String> tricks = Stream.of(
                "/",
                "//",
                "/v1/things/7",
                "/v1//things",
                "/v1/things/",
                "/v1/./things",
                "/v1/../v1/things",
                "/v1/%2e%2e/inside",
                "/v1%2fthings",
                "/v1/things%00",
                "/V1/THINGS",
                "/v1/things;a=b",
                "/;/inside",
                "/v1/things/%e2%82%ac",
                "/v1/things/%e2%82",
                "/v1/things/%",
                "/v1/things/%4",
                "/v1\\things",
                "/%69nside",
                "/a".repeat(4_000),
                "/v1/things/" + "%41".repeat(2_000));
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> queries() {
        Stream<String> tricks = Stream.of(
                "a=b",
                "a=%",
                "a=%zz&b",
                "limit=5&limit=6",
                "cursor=AAAA",
                "cursor=" + "A".repeat(5_000),
                "&".repeat(5_000));
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> fields() {
        Stream<String> tricks = Stream.of(
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "for=\"[2001:db8::1]:80\";proto=https;by=_hidden, for=unknown",
                "192.0.2.1, , 198.51.100.1",
                "de-CH;q=0.9, *;q=0.1, en;q=NaN",
                "gzip;q=1.0000, identity;q=0",
                "u=1, i",
                "\"quoted\\\"key\"",
                "*",
                "W/\"7\"");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> forwarded() {
        Stream<String> tricks = Stream.of(
                "for=\"[2001:db8::1]:80\";proto=https;by=_hidden;host=shop.example:8443",
                "for=unknown;proto=https",
                "for=_gazonk",
                "for=\"",
                "for=\"a\\",
                "for=127.0.0.1;for=10.0.0.1",
                "For=\"[::1]\";Proto=HTTPS, for=192.0.2.7",
                "host=shop.example:99999",
                "host=\"evil.example\\r\\nA: b\"",
                "for=127.0.0.1,".repeat(30),
                "127.0.0.1",
                "10.0.0.1, 192.0.2.7, 192.0.2.7",
                "192.0.2.7,".repeat(30),
                "[::1]:443",
                "::ffff:127.0.0.1",
                "fe80::1%eth0",
                "https, http",
                "https,https,https",
                "shop.example:",
                "shop.example:0",
                "[2001:db8::1]:8443",
                "[::1",
                "a:b:c");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> parts() {
        String part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
        String file = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../etc/passwd\"\r\n"
                + "Content-Type: image/png\r\n\r\n";
        Stream<String> tricks = Stream.of(
                part + "x\r\n--b--\r\n",
                file + "x\r\n--b--\r\n",
                part + "x\r\n--b--",
                part + "x",
                part,
                "--b",
                "--b--",
                "--b\r\n--b--",
                (part + "x\r\n").repeat(51) + "--b--",
                (part + "x\r\n").repeat(250) + "--b--",
                part + "x".repeat(200_000) + "\r\n--b--",
                "--b\r\n\r\nx\r\n--b--",
                "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name*=UTF-8''%ff\r\n\r\nx\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name=a; filename*=x'y'%\r\n\r\nx\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name=a; filename=\"a\0.png\"\r\n\r\nx\r\n--b--",
                "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n"
                        + "Content-Disposition: form-data; name=a\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--",
                "--b\r\n" + "A: b\r\n".repeat(5_000) + "\r\nx\r\n--b--",
                "-".repeat(10_000),
                "\r\n--b".repeat(5_000),
                "; filename=\"x\"",
                "; filename=\"x\"\r\nContent-Type: text/plain; charset=none");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> types() {
        Stream<String> tricks = Stream.of(
                "application/json",
                "APPLICATION/JSON ; Charset=\"utf-8\"",
                "application/problem+json",
                "text/plain;charset=UTF-16",
                "utf-7",
                "UTF-16LE",
                "UTF-32",
                "x-JISAutoDetect",
                "ISO-2022-CN",
                "IBM1047",
                "CESU-8",
                "\"utf-8",
                "utf-8;charset=utf-16",
                "b",
                "\"b\"",
                "b;boundary=c",
                "b".repeat(300),
                "form-data",
                "form-data; boundary",
                "mixed; boundary=b",
                "related;boundary=\"b");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    /** Bodies after a byte that says how they come: the lowest bit breaks them off, the next hides their length. */
    static Stream<byte[]> deliveries() {
        String body =
                "{\"name\":\"a\",\"count\":1,\"total\":2,\"gift\":true,\"at\":\"2026-11-23T12:00:00Z\",\"tags\":[]}";
        Stream<String> whole = Stream.of("\0", "\2", "\4", "\174").map(how -> how + body);
        Stream<String> broken = Stream.of("\1", "\3", "\5", "\177").map(how -> how + body);
        Stream<String> hollow = Stream.of("", "\0", "\1", "\2", "\3", "\0{", "\1{", "\0\u00ff\u00fe");
        Stream<String> large = Stream.of("\0" + "[".repeat(20_000), "\174" + "\0".repeat(100_000));
        return Stream.of(whole, broken, hollow, large, NAUGHTY.stream())
                .flatMap(all -> all)
                .map(Seeds::bytes);
    }

    static Stream<byte[]> credentials() {
        Stream<String> tricks = Stream.of(
                "{\"email\":\"ada@example.org\",\"password\":\"correct horse battery\"}",
                "{\"email\":\"ADA@EXAMPLE.ORG \",\"password\":\"\"}",
                "{\"email\":\"ada@example.org\",\"code\":\"OIL0-0000\"}",
                "\\ud800",
                "\\u0000",
                "\\ufb01".repeat(300),
                "\\ufdfa".repeat(200),
                "e" + "\\u0301".repeat(500),
                "a".repeat(64) + "@" + "b.".repeat(90) + "org",
                "a@" + "b".repeat(63) + ".org",
                "@",
                "a@b",
                "a@.b",
                "a@b..c",
                "\u00e5@b.org");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> proofs() {
        Stream<String> tricks = Stream.of(
                "{\"kty\":\"EC\"}",
                "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
                "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":{},\"y\":[]}",
                "{\"typ\":\"dpop+jwt\",\"alg\":\"none\"}",
                "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"b64\":false,\"crit\":[\"b64\"]}",
                "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://[::1]:99999/\",\"iat\":1e308}",
                "{\"jti\":1,\"htm\":null,\"htu\":\"\",\"iat\":-9223372036854775808}",
                "AA",
                "\",\"x\":\"");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> hashes() {
        Stream<String> tricks = Stream.of(
                "$argon2id$v=19$m=4294967296,t=1,p=1$c2FsdA$AAAA",
                "$argon2id$v=19$m=8,t=99999999999,p=0$$",
                "$2a$99$abcdefghijklmnopqrstuu",
                "$2a$01$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "{scrypt}$ffffffff$AA==$AA==",
                "$scrypt$ln=63,r=2147483647,p=2147483647$AA$AA",
                "pbkdf2_sha256$-1$$",
                "pbkdf2_sha256$2147483648$salt$AAAA",
                "AQAAAAH/////AAAAEAAAAAAAAAAA",
                "AQAAAAIAAAAK/////wAAAAAAAAAA",
                "{}{}{}",
                "\0\0\0\0\0\0\0\1",
                "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                "\0\0\0\0\0\0\0\1\0\0\0\0\u00ff\u00ff\u00ff\u00ff\0\0\0\1aa",
                "ZZZZ:1",
                "0000000CAEF405439D57847A8657218C618160B2:-1",
                "0000000CAEF405439D57847A8657218C618160B2");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> refreshTokens() {
        Stream<String> tricks = Stream.of(
                "A".repeat(52),
                "A".repeat(43),
                "A".repeat(42) + "B",
                "A".repeat(42) + "=",
                "A".repeat(53),
                "\1\u00ff",
                "\u0011\u0080",
                "\u0014\1",
                "\u0026\0",
                "{\"refreshToken\":\"\"}");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    static Stream<byte[]> bodies() {
        Stream<String> tricks = Stream.of(
                "{\"name\":\"a\",\"count\":1,\"total\":2,\"gift\":true,\"at\":\"2026-11-23T12:00:00Z\","
                        + "\"wrapping\":\"BOX\",\"tags\":[\"x\"]}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"count\":1e9}",
                "{\"count\":1e999999999}",
                "{\"total\":" + "9".repeat(100_000) + "}",
                "{\"total\":-0.0}",
                "{\"name\":\"\\ud800\"}",
                "{\"name\":\"" + "a".repeat(200_000) + "\"}",
                "{\"at\":\"+1000000000-01-01T00:00:00Z\"}",
                "{\"wrapping\":\"BOX\\u0000\"}",
                "{\"tags\":[" + "\"\",".repeat(50_000) + "\"\"]}",
                "{\"inner\":{\"weight\":1,\"weight\":2}}",
                "[".repeat(100_000),
                "{\"inner\":".repeat(20_000),
                "{\"inner\":{\"weight\":1,\"parts\":[".repeat(5_000),
                "{" + "\"k\":1,".repeat(50_000) + "}",
                "{}{}",
                "/* */{}",
                "{'name':1}",
                "\u00ef\u00bb\u00bf{}",
                "\u00fe\u00ff\u0000{",
                "{\"day\":\"-999999999-01-01\"}",
                "{\"span\":\"PT9223372036854775807S\"}",
                "{\"reference\":\"1-1-1-1-1\"}",
                "{\"name\":null,\"parts\":null,\"code\":null}",
                "a=b&".repeat(50_000),
                "a=%f0%9f%98%80");
        return Stream.concat(
                Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes),
                Stream.of(gzip(1 << 24), gzip(100), Arrays.copyOf(gzip(1000), 20)));
    }

    static Stream<byte[]> tokens() {
        Stream<String> tricks = Stream.of(
                "eyJhbGciOiJub25lIn0.e30.",
                "eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
                "..",
                "...".repeat(1_000),
                "a.b.c",
                "Bearer Bearer a.b.c",
                "bearer\ta.b.c",
                "A".repeat(8_000) + "." + "A".repeat(8_000) + ".A");
        return Stream.concat(tricks, NAUGHTY.stream()).map(Seeds::bytes);
    }

    /** So many zeros, a thousandth of it on the wire. */
    private static byte[] gzip(int length) {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(new byte[length]);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
