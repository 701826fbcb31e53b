// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** bcrypt as OpenBSD and all after it write it; {@code $2a$}, {@code $2b$} and {@code $2y$} are the same here. */
final class BcryptHash implements PasswordHash {

    /** What is hashed: the password, of which bcrypt sees 72 bytes, or the hexadecimal digits of its SHA-256. */
    enum Input {
        PASSWORD,
        SHA256_DIGITS
    }

    private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");

    private final String text;
    private final int cost;
    private final Input input;

    private BcryptHash(String text, int cost, Input input) {
        this.text = text;
        this.cost = cost;
        this.input = input;
    }

    static PasswordHash parse(String text, Input input, ForeignCap cap) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw ForeignHashes.malformed("bcrypt, such as $2b$12$ and 53 characters");
        }
        int cost = Integer.parseInt(parts.group(1));
        cap.requireBcrypt(cost);
        BouncyCastle.require("bcrypt");
        return new BcryptHash(text, cost, input);
    }

    @Override
    public boolean matches(char[] password) {
        byte[] typed = PasswordText.asTyped(password);
        byte[] hashed = input == Input.PASSWORD ? typed : sha256Digits(typed);
        try {
            return OpenBSDBCrypt.checkPassword(text, hashed);
        } finally {
            Arrays.fill(typed, (byte) 0);
            Arrays.fill(hashed, (byte) 0);
        }
    }

    @Override
    public String form() {
        return "bcrypt of cost " + cost;
    }

    private static byte[] sha256Digits(byte[] typed) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(typed);
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }
}
