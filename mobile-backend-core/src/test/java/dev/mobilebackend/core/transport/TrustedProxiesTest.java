// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.transport.TrustedProxies.Field;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static final ClientAddress PROXY = ClientAddress.parse("10.0.0.1");
    private static final ClientAddress CLIENT = ClientAddress.parse("203.0.113.9");
    private static final ClientAddress FORGED = ClientAddress.parse("198.51.100.66");

    private final TrustedProxies common = TrustedProxies.of(Field.X_FORWARDED, "10.0.0.0/8", "fd00::/8");
    private final TrustedProxies standard = TrustedProxies.of(Field.FORWARDED, "10.0.0.0/8", "fd00::/8");

    @Test
    void believesNobodyElse() {
        assertNull(common.sender(CLIENT, fields("X-Forwarded-For", "10.9.9.9", "X-Forwarded-Proto", "https")::get));
        assertNull(standard.sender(CLIENT, fields("Forwarded", "for=10.9.9.9;proto=https")::get));
        assertNull(TrustedProxies.none().sender(PROXY, fields("X-Forwarded-For", "203.0.113.9")::get));
    }

    @Test
    void takesARequestWithoutTheFieldForTheProxysOwn() {
        assertNull(common.sender(PROXY, fields("X-Forwarded-Proto", "https")::get));
        assertNull(standard.sender(PROXY, fields()::get));
    }

    @Test
    void neverMixesTheTwoFields() {
        Map<String, String> both = fields(
                "Forwarded", "for=203.0.113.9", "X-Forwarded-For", "198.51.100.66", "X-Forwarded-Proto", "https");

        assertEquals(new Sender(FORGED, true, true, null), common.sender(PROXY, both::get));
        assertEquals(new Sender(CLIENT, true, false, null), standard.sender(PROXY, both::get));
        assertNull(standard.sender(PROXY, fields("X-Forwarded-For", "198.51.100.66")::get));
    }

    @Test
    void takesTheNearestAddressThatIsNoProxy() {
        assertEquals(CLIENT, xForwarded("198.51.100.66, 203.0.113.9, 10.0.0.7").client());
        assertEquals(CLIENT, xForwarded("nonsense, 203.0.113.9,10.0.0.7").client());
        assertEquals(
                CLIENT,
                forwarded("for=198.51.100.66;proto=https, for=203.0.113.9, for=10.0.0.7")
                        .client());
    }

    @Test
    void takesTheFarthestOfProxiesAlone() {
        assertEquals("10.0.0.8", xForwarded("10.0.0.8, 10.0.0.7").client().toString());
        assertTrue(xForwarded("10.0.0.8, 10.0.0.7").known());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9 | 203.0.113.9",
                "203.0.113.9:4711 | 203.0.113.9",
                "[2001:db8::9]:4711 | 2001:db8::9",
                "[2001:db8::9] | 2001:db8::9",
                "2001:db8::9 | 2001:db8::9",
                "[2001:db8::9]:_port | 2001:db8::9",
                "'  203.0.113.9  ' | 203.0.113.9"
            })
    void readsEachFormOfANode(String node, String address) {
        assertEquals(address, xForwarded(node).client().toString());
        assertEquals(address, forwarded("for=\"" + node.strip() + "\"").client().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "",
                " ",
                "example.com",
                "cafe",
                "203.0.113.9:",
                "203.0.113.9:x",
                "[2001:db8::9",
                "[2001:db8::9]x",
                "203.0.113.9.1",
                "0x7f.1",
                "999.1.1.1",
                "[",
                "]",
                ":",
                "[]:1"
            })
    void knowsNoClientWhereTheNodeIsHiddenOrMalformed(String node) {
        Sender sender = xForwarded("198.51.100.66, " + node + ", 10.0.0.7");

        assertFalse(sender.known());
        assertEquals("10.0.0.7", sender.client().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=\"198.51.100.66, for=203.0.113.9",
                "for=\", for=\"203.0.113.9\"",
                "for=198.51.100.66;for=203.0.113.9",
                "for=198.51.100.66, =203.0.113.9",
                "for=198.51.100.66, for=",
                "for=198.51.100.66, 203.0.113.9",
                "for=\"203.0.113.9\"x",
                "for=198.51.100.66\u0000, for=203.0.113.9",
                "for=a=b, for=203.0.113.9",
                "for\u00e9=1, for=203.0.113.9",
                "for=\"203.0.113.9\\",
                "for=203.0.113.9;proto=\"https"
            })
    void knowsNoClientWhereForwardedIsMalformed(String field) {
        assertEquals(new Sender(PROXY, false, false, null), forwarded(field));
    }

    @Test
    void readsForwardedAsItIsWritten() {
        Sender sender = forwarded("For=\"[2001:DB8:cafe::17]:4711\";Proto=HTTPS ; host=\"API.example.com:8443\";by=_x");

        assertEquals(new Sender(ClientAddress.parse("2001:db8:cafe::17"), true, true, "api.example.com:8443"), sender);
        assertEquals(CLIENT, forwarded(" , for=\"203.0.1\\13.9\" ,, ").client());
    }

    @Test
    void takesProtocolAndHostFromTheSameHop() {
        Sender forwarded = forwarded(
                "for=198.51.100.66;proto=https;host=evil, for=203.0.113.9;proto=http;host=a.example, for=10.0.0.7;proto=https");
        Sender xForwarded = common.sender(
                PROXY,
                fields(
                        "X-Forwarded-For", "198.51.100.66, 203.0.113.9, 10.0.0.7",
                        "X-Forwarded-Proto", "https, http, https",
                        "X-Forwarded-Host", "evil, a.example, b.example")::get);

        assertEquals(new Sender(CLIENT, true, false, "a.example"), forwarded);
        assertEquals(forwarded, xForwarded);
    }

    @Test
    void countsFromTheNearestWhereAClientSentMoreValues() {
        Sender sender =
                common.sender(PROXY, fields("X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https, http")::get);

        assertFalse(sender.secure());
    }

    @Test
    void takesOneProtocolForAllHops() {
        Sender sender = common.sender(
                PROXY, fields("X-Forwarded-For", "203.0.113.9, 10.0.0.7", "X-Forwarded-Proto", "https")::get);

        assertTrue(sender.secure());
    }

    @Test
    void isNotSecureWhereNobodySaysSo() {
        assertFalse(xForwarded("203.0.113.9").secure());
        assertFalse(forwarded("for=203.0.113.9;proto=h2").secure());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b",
                "a b",
                "a@b",
                "a\\nb",
                "<x>",
                "a:b:c]:[",
                "a:65536",
                "a:99999999999",
                "a:",
                ":80",
                "[::1",
                "[::1]x",
                "[a]",
                "a:8x",
                "[]",
                "a]"
            })
    void takesNoHostThatCouldNotStandInAnAddress(String host) {
        assertNull(common.sender(PROXY, fields("X-Forwarded-For", "203.0.113.9", "X-Forwarded-Host", host)::get)
                .host());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "a.example:8443", "192.0.2.1:65535", "[2001:db8::1]", "[2001:db8::1]:443"})
    void takesAHostWithItsPort(String host) {
        assertEquals(
                host,
                common.sender(PROXY, fields("X-Forwarded-For", "203.0.113.9", "X-Forwarded-Host", host)::get)
                        .host());
    }

    @Test
    void looksAtNoMoreHopsThanThereCanBe() {
        Sender sender = xForwarded("203.0.113.9, " + "10.0.0.7,".repeat(30) + "10.0.0.8");

        assertFalse(sender.known());
        assertFalse(forwarded("for=203.0.113.9, " + "for=10.0.0.7,".repeat(30) + "for=10.0.0.8")
                .known());
        assertFalse(forwarded("for=203.0.113.9;x=" + "y".repeat(9000)).known());
    }

    @Property
    void aClientCannotChangeWhatTheProxyAdds(@ForAll("hostile") String written) {
        Sender common = xForwarded(written + ",203.0.113.9");
        Sender standard = forwarded(written + ",for=203.0.113.9;proto=https");

        assertEquals(new Sender(CLIENT, true, false, null), common);
        assertTrue(
                standard.equals(new Sender(CLIENT, true, true, null))
                        || standard.equals(new Sender(PROXY, false, false, null)),
                standard.toString());
    }

    @Provide
    Arbitrary<String> hostile() {
        Arbitrary<String> pieces = Arbitraries.of(
                "for",
                "=",
                "\"",
                ",",
                ";",
                "\\",
                " ",
                "10.0.0.1",
                "[",
                "]",
                ":",
                "proto=https",
                "host=a",
                "unknown",
                "_x");
        return Arbitraries.oneOf(
                Arbitraries.strings(), pieces.list().ofMaxSize(12).map(list -> String.join("", list)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0/0", "::/0", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "proxy", "10/8"})
    void refusesARangeThatIsNone(String range) {
        assertThrows(IllegalArgumentException.class, () -> TrustedProxies.of(Field.FORWARDED, range));
        assertThrows(IllegalArgumentException.class, () -> TrustedProxies.of(Field.FORWARDED));
    }

    @Test
    void tellsIpv4FromIpv6() {
        TrustedProxies v6 = TrustedProxies.of(Field.X_FORWARDED, "2001:db8::/32");

        assertFalse(v6.trusts(PROXY));
        assertTrue(v6.trusts(ClientAddress.parse("2001:db8:ffff::1")));
        assertTrue(TrustedProxies.of(Field.X_FORWARDED, "10.0.0.1").trusts(PROXY));
        assertTrue(common.trusts(ClientAddress.parse("::ffff:10.0.0.1")));
    }

    private Sender xForwarded(String nodes) {
        return present(common.sender(PROXY, fields("X-Forwarded-For", nodes)::get));
    }

    private Sender forwarded(String field) {
        return present(standard.sender(PROXY, fields("Forwarded", field)::get));
    }

    private static Sender present(@Nullable Sender sender) {
        assertNotNull(sender);
        return sender;
    }

    private static Map<String, String> fields(String... namesAndValues) {
        var fields = new HashMap<String, String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
