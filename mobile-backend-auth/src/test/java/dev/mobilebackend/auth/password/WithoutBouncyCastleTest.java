// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The same classes, loaded once more where there is no BouncyCastle. */
class WithoutBouncyCastleTest {

    private static final String OF_PASSWORD = "$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG";

    /** Runs inside, so it takes and gives only what both sides know. */
    public static final class Inside {

        private Inside() {}

        public static String verify(char[] password, String stored) {
            var policy = new HashingPolicy(new Argon2Cost(8, 1, 1), new Argon2Cost(64, 1, 1), 1, 0, Duration.ZERO);
            Passwords passwords = Passwords.of(policy);
            return passwords
                    .verify(password, stored.isEmpty() ? passwords.hash(password) : stored)
                    .toString();
        }
    }

    @Test
    void argon2AndPbkdf2AreCheckedAndWhatNeedsItSaysWhatToAdd() throws Exception {
        try (var without = new Without()) {
            assertEquals("PasswordCheck[right=true, outdated=false]", verify(without, ""));
            assertEquals(
                    "PasswordCheck[right=true, outdated=true]",
                    verify(
                            without,
                            "{pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc"));

            var refusal = assertThrows(InvocationTargetException.class, () -> verify(without, OF_PASSWORD));

            assertInstanceOf(IllegalStateException.class, refusal.getCause());
            assertTrue(
                    refusal.getCause().getMessage().contains("org.bouncycastle:bcprov-jdk18on"),
                    refusal.getCause().getMessage());
        }
    }

    private static Object verify(ClassLoader loader, String stored) throws ReflectiveOperationException {
        return loader.loadClass(Inside.class.getName())
                .getMethod("verify", char[].class, String.class)
                .invoke(null, "password".toCharArray(), stored);
    }

    private static final class Without extends URLClassLoader {

        Without() {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .filter(entry -> !entry.contains("bcprov"))
                    .map(Without::url)
                    .toArray(URL[]::new);
        }

        private static URL url(String entry) {
            try {
                return new File(entry).toURI().toURL();
            } catch (MalformedURLException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
