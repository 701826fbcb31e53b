// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Knows secrets in every spelling in which a log or a table may give them away, and looks for them in what it is shown.
 */
final class Canary {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Set<String>> spellings = new LinkedHashMap<>();
    private final Map<String, Set<String>> homes = new HashMap<>();
    private final Map<String, Set<String>> shown = new LinkedHashMap<>();

    /** From now on nothing that is shown may have this text in it, whenever it was shown. */
    void hide(String name, String secret) {
        hide(name, secret.getBytes(StandardCharsets.UTF_8));
        Set<String> texts = spellings.get(name);
        String quoted = JSON.writeValueAsString(secret);
        String json = quoted.substring(1, quoted.length() - 1);
        String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        texts.addAll(List.of(secret, json, json.replace("/", "\\/"), escaped(secret), url, url.replace("+", "%20")));
        texts.add(url.toLowerCase(Locale.ROOT));
        texts.add(Arrays.toString(secret.toCharArray()).replaceAll("^\\[|]$", ""));
    }

    void hide(String name, byte[] secret) {
        if (secret.length < 8) {
            throw new IllegalArgumentException(name + " is so short that it may be anywhere by chance");
        }
        Set<String> texts = spellings.computeIfAbsent(name, key -> new LinkedHashSet<>());
        texts.add(new String(secret, StandardCharsets.ISO_8859_1));
        texts.add(HexFormat.of().formatHex(secret));
        texts.add(HexFormat.of().withUpperCase().formatHex(secret));
        texts.add(HexFormat.ofDelimiter(" ").formatHex(secret));
        texts.add(Arrays.toString(secret).replaceAll("^\\[|]$", ""));
        // Inside of something longer it may begin at each of the three places of a group.
        for (int before = 0; before < 3; before++) {
            var shifted = new byte[before + secret.length];
            System.arraycopy(secret, 0, shifted, before, secret.length);
            String base64 = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            // Characters that are made of its neighbours' bits too.
            int from = before == 0 ? 0 : before + 1;
            int to = base64.length() - (shifted.length % 3 == 0 ? 0 : 1);
            String inside = base64.substring(from, to);
            texts.add(inside);
            texts.add(inside.replace('+', '-').replace('/', '_'));
        }
    }

    /** The same for one that has its place somewhere. */
    void hideOutside(Set<String> places, String name, String secret) {
        hide(name, secret);
        homes.put(name, places);
    }

    /** Whether this is none of the secrets that are known. */
    boolean isNew(String secret) {
        return spellings.values().stream().noneMatch(texts -> texts.contains(secret));
    }

    /** Something that came out. */
    void show(String where, String text) {
        shown.computeIfAbsent(where, key -> new LinkedHashSet<>()).add(text);
    }

    /** How many different texts came out there. */
    int shown(String where) {
        return shown.getOrDefault(where, Set.of()).size();
    }

    /** Which secret stands where, without the secret. */
    Set<String> found() {
        var found = new TreeSet<String>();
        shown.forEach((where, texts) -> spellings.forEach((name, forms) -> {
            if (!homes.getOrDefault(name, Set.of()).contains(where)
                    && texts.stream().anyMatch(text -> forms.stream().anyMatch(text::contains))) {
                found.add(name + " in " + where);
            }
        }));
        return found;
    }

    /** Every character as JSON may have it escaped. */
    private static String escaped(String text) {
        var escaped = new StringBuilder();
        IntStream.range(0, text.length()).forEach(i -> escaped.append("\\u%04x".formatted((int) text.charAt(i))));
        return escaped.toString();
    }
}
