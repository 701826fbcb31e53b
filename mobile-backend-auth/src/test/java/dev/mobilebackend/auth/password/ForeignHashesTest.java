// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignHashesTest {

    /** The example of firebase/scrypt's README. */
    private static final FirebaseScrypt FIREBASE = FirebaseScrypt.of(
            "shop",
            "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            "Bw==",
            8,
            14);

    private static final HashingPolicy POLICY =
            new HashingPolicy(new Argon2Cost(8, 1, 1), new Argon2Cost(65_536, 4, 4), 1, 0, Duration.ZERO);

    private final HashingGate gate = new HashingGate(1, 0, Duration.ZERO, System::nanoTime, new SplittableRandom(7));
    private final Passwords passwords =
            Passwords.builder(POLICY).firebase(FIREBASE).build(NativeArgon2.load(), gate);

    /** The vectors of each project's own tests and documents. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                // OpenBSD's and crypt_blowfish's
                "U*U $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "U*U* $2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
                "U*U*U $2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
                // The reference of Spring Security, "DelegatingPasswordEncoder Storage Format"
                "password {bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
                "password {pbkdf2}5d923b44a6d129f3ddf3e3c8d29412723dcbde72445e8ef6bf3b508fbf17fa4ed4d6b99ca763d8dc",
                "password {scrypt}$e0801$8bWJaSu2IKSn9Z9kM+TPXfOc/9bdYSrN1oD9qfVThWEwdRTnO7re7Ei+fUZRJ68k9lTyuTeUp4of4g24hHnazw==$OAOec05+bXxvuu/1qZ6NUR+xQYvYv7BeL1QxwRpY5Pc=",
                // Django's auth_tests/test_hashers.py
                "l\u00e8tmein pbkdf2_sha256$30000$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=",
                "l\u00e8tmein pbkdf2_sha256$390000$seasalt$8xBlGd3jVgvJ+92hWPxi5ww0uuAuAnKgC45eudxro7c=",
                "l\u00e8tmein pbkdf2_sha1$260000$seasalt2$wAibXvW6jgvatCdONi6SMJ6q7mI=",
                "l\u00e8tmein scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==",
                "l\u00e8tmein scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
                // ASP.NET Core's PasswordHasherTest: version 2, then version 3 with SHA-1, SHA-256 and SHA-512
                "'my password' ANXrDknc7fGPpigibZXXZFMX4aoqz44JveK6jQuwY3eH/UyPhvr5xTPeGYEckLxz9A==",
                "'my password' AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M",
                "'my password' AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=",
                "'my password' AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw",
                "'my password' AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==",
                "user1password $firebase$shop$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
            })
    void takesTheHashesThatOtherProjectsPublish(String password, String stored) {
        assertEquals(new PasswordCheck(true, true), passwords.verify(password.toCharArray(), stored));
        assertFalse(passwords.verify((password + "z").toCharArray(), stored).right());
        assertFalse(passwords.verify(new char[0], stored).right());
    }

    /** Made by Spring Security 7.1.2. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{bcrypt}$2a$04$u8X.DfAzelTipFp8bdp2k.ZN2pjSBlTftpZ8ZlfZR7HEo2QEVtPtK",
                "{bcrypt}$2b$04$OvFszaeWiWInRrb6toJ8reKuKmDlKyD8gPZdKQU3sDwhAJrzXATsK",
                "{bcrypt}$2y$04$ghHNvI8WuaFxeiSb9oQ5YeqNCtp8/HDDxpdKAEC9Snnf3hpr.eMPa",
                "{scrypt}$e0801$RFUtxluBM9LR2zHQ3Mo9UKUJeaXF+7CsIh26UUL6B8w2jsiTfHlvBmPq6HDEnZ2bGKdsAbjWVOJ67JWc+AnQmg==$d2XRexF+cwxJkJr2CquoWou1XT3iHhSi7jjvSAucNDo=",
                "{scrypt@SpringSecurity_v5_8}$100801$nCO5HvS+Qk/JX3hsN2TwFg==$wGQG6Q8PZb85Jvj765BoBgm9wyXaQ83UizuuQildQSg=",
                "{pbkdf2}11ee67874151c0e7f9def63d62fc7fb19f54b36c45d2051cf869e780a1bb85334ac6b2fde862d531",
                "{pbkdf2@SpringSecurity_v5_8}cb45d76a32b5e3e469e807a869aefe4521ef9a89b4ca20a03c01a5d092b8509fd41ac7c7128b1ff63c89cb80fd8e6156",
                "{argon2}$argon2id$v=19$m=4096,t=3,p=1$BydFM2/1wo4+x7byAI+SZw$xh91B1KDrxcDowBWBwrM/gQbcz4GriDt+wyUAPQLw/0",
                "{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=16384,t=2,p=1$eJVWFSt+i2+HlC34h2MXgA$WTvPin/fCwoaX4nV08dhzNOCZxMWdcAW6zcG/05yjGo"
            })
    void takesWhatSpringsEncodersMake(String stored) {
        assertEquals(
                new PasswordCheck(true, true),
                passwords.verify("p\u00e4ssw\u00f6rd \ud83d\udc36".toCharArray(), stored));
        assertFalse(passwords
                .verify("p\u00e4ssw\u00f6rd \ud83d\udc35".toCharArray(), stored)
                .right());
    }

    /** Made by Django 5.2, of which the tests make these anew each time. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bcrypt$$2b$04$SeKdswicIrQYLtC2Sbx/L.nB1vTWxse7tYY3fKruZLnPdVNgnt6Ze",
                "bcrypt_sha256$$2b$04$2aLfznBq1cNXQLvAVmfrbusDAVh8mYF03TxVCXq/5qBZnJkrjqGnG",
                "argon2$argon2id$v=19$m=512,t=2,p=2$c1VOTURNRFg2ZkM0TDl1dnBGeVprYg$FBF8UjOFEwPixB495YndXtA4a5ysde36K+V9DmD2xoY",
                "pbkdf2_sha256$1000000$9W2UJOYyNJLIo8gzwhuvQn$eITHmryatrDzVYexy0fZYYoOcDLnQjQ1TWA5WQdqTU0="
            })
    void takesWhatDjangosHashersMake(String stored) {
        assertEquals(new PasswordCheck(true, true), passwords.verify("l\u00e8tmein".toCharArray(), stored));
        assertFalse(passwords.verify("l\u00e8tmeinz".toCharArray(), stored).right());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW | bcrypt of cost 5",
                "{scrypt@SpringSecurity_v5_8}$100801$nCO5HvS+Qk/JX3hsN2TwFg==$wGQG6Q8PZb85Jvj765BoBgm9wyXaQ83UizuuQildQSg= | scrypt with N=65536,r=8,p=1",
                "pbkdf2_sha256$30000$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY= | PBKDF2 with SHA256, 32 bytes and 30000 iterations",
                "{argon2}$argon2id$v=19$m=4096,t=3,p=1$BydFM2/1wo4+x7byAI+SZw$xh91B1KDrxcDowBWBwrM/gQbcz4GriDt+wyUAPQLw/0 | Argon2id with m=4096,t=3,p=1",
                "$firebase$shop$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ== | scrypt with N=16384,r=8,p=1"
            })
    void aFormSaysWhatTheWorkDependsOn(String stored, String form) {
        assertEquals(form, parse(stored).form());
    }

    @Test
    void fewerIterationsAreAPartOfMoreByTheSameDigest() {
        PasswordHash fewer = parse("pbkdf2_sha256$30000$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=");
        PasswordHash more = parse("pbkdf2_sha256$390000$seasalt$8xBlGd3jVgvJ+92hWPxi5ww0uuAuAnKgC45eudxro7c=");
        PasswordHash sha1 = parse("pbkdf2_sha1$260000$seasalt2$wAibXvW6jgvatCdONi6SMJ6q7mI=");

        assertEquals(
                "PBKDF2 with SHA256, 32 bytes and 360000 iterations",
                Objects.requireNonNull(fewer.rest(more)).form());
        assertNull(more.rest(more));
        assertSame(fewer, more.rest(fewer));
        assertSame(sha1, fewer.rest(sha1));
    }

    private static PasswordHash parse(String stored) {
        return new ForeignHashes(NativeArgon2.load(), POLICY.cap(), ForeignCap.standard(), List.of(FIREBASE))
                .parse(stored);
    }

    /** The case of Django's test_bcrypt_sha256. */
    @Test
    void whatIsDigestedBeforeBcryptIsNotCutOff() {
        String stored = "bcrypt_sha256$$2b$04$uZBEic568/6KsYBaDJW/4Oe7gP8TrZX6otHd6f0Lsy.uhfqVhf91C";
        String password = "VSK0UYV6FFQVZ0KG88DYN9WADAADZO1CTSIVDJUNZSUML6IBX7LN7ZS3R5"
                + "JGB3RGZ7VI7G7DJQ9NI8BQFSRPTG6UWTTVESA5ZPUN";

        assertTrue(passwords.verify(password.toCharArray(), stored).right());
        assertFalse(passwords
                .verify(password.substring(0, 72).toCharArray(), stored)
                .right());
    }

    /** Nobody else normalises: a hash of what was typed is of just that. */
    @Test
    void whatOthersHashedIsTakenAsItWasTyped() {
        String stored =
                "{argon2}$argon2id$v=19$m=8,t=1,p=1$OU+q1Fr7h6E4WXC5EkLCjQ$jD79xheFC5KT/c/07pkX0xE1RFGpvcQrhWqYXYhh0Ko";

        assertTrue(passwords
                .verify("\uff50\uff41\uff53\uff53word".toCharArray(), stored)
                .right());
        assertFalse(passwords.verify("password".toCharArray(), stored).right());
    }

    @Test
    void firebasesExportsAreStoredUnderTheirProject() {
        String stored = FIREBASE.stored(
                "42xEC-ixf3L2lw==",
                "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==");

        assertTrue(passwords.verify("user1password".toCharArray(), stored).right());
        assertFalse(stored.contains("jxspr8Ki"));
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> Passwords.builder(POLICY).build().verify("user1password".toCharArray(), stored));
        assertTrue(refusal.getMessage().contains("'shop'"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "{bcrypt}$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "bcrypt_sha256$$2b$20$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "scrypt$131072$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "scrypt$16384$seasalt$8$9$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "scrypt$536870912$seasalt$999999999$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "{scrypt}$1e0801$8bWJaSu2IKSn9Z9kM+TPXQ==$OAOec05+bXxvuu/1qZ6NUQ==",
                "pbkdf2_sha256$2000001$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=",
                "AQAAAAL/////AAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw",
                "{argon2}$argon2id$v=19$m=65537,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "argon2$argon2id$v=19$m=64,t=5,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
            })
    void refusesWhatAsksForTooMuchBeforeAnyWork(String stored) {
        var refusal = gate.run(
                Duration.ofMinutes(1),
                () -> assertThrows(
                        IllegalArgumentException.class, () -> passwords.verify("password".toCharArray(), stored)));

        assertTrue(refusal.getMessage().contains("over the cap"), refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> passwords.requireVerifiable(stored));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{scrypt}$ffffffffffff$8bWJaSu2IKSn9Z9kM+TPXQ==$OAOec05+bXxvuu/1qZ6NUQ==",
                "{scrypt}$e0001$8bWJaSu2IKSn9Z9kM+TPXQ==$OAOec05+bXxvuu/1qZ6NUQ==",
                "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "{pbkdf2}5d923b44",
                "{pbkdf2}xyz",
                "{unknown}5d923b44",
                "$2b$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "scrypt$131072$seasalt$1$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "scrypt$65536$seasalt$1$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "scrypt$16383$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "scrypt$0$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "pbkdf2_sha256$0$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY=",
                "pbkdf2_sha256$1$seasalt$VrX+V8dr=",
                "md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3",
                // ASP.NET Core's own failures: too short, too long
                "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggE=",
                "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJgAAAAAAAAAAAAA=",
                "AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4A=",
                "AQAAAAMAACcQAAAAEB98ik4rMnThQzVdtfVfStpq0EpSA4tnEhciZTU8kznWADk4TOPsjRjqrA7PGIfxlQ==",
                "AQAAAAEAACcQAAAADwgXTwPfMz/1hZrAcmJdRM04f0nJxC4vzsW82I71yiX07QCuttE2Sg3ly9yPUoYM",
                "AQAAAAEAACcQf////wgXTwPfMz/1hZrAcmJdRM04f0nJxC4vzsW82I71yiX07QCuttE2Sg3ly9yPUoYM"
            })
    void refusesWhatIsNotWhole(String stored) {
        assertThrows(IllegalArgumentException.class, () -> passwords.requireVerifiable(stored));
    }

    /** Whatever can be kept can be checked, up to the edge of what there is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "scrypt$32768$seasalt$1$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "scrypt$2$seasalt$1$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQ",
                "pbkdf2_sha256$1$seasalt$VrX+V8drCGo68wlvy6rfu8i1d1pfkdeXA4LJkRGJodY="
            })
    void whatIsTakenIsComputed(String stored) {
        passwords.requireVerifiable(stored);

        assertFalse(passwords.verify("password".toCharArray(), stored).right());
    }

    @Test
    void whatIsOverTheCapIsTakenWhereTheCapIsHigher() {
        String stored =
                "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==";
        var strict = Passwords.builder(POLICY)
                .foreignCap(new ForeignCap(10, 16_384, 4, 100_000))
                .build();
        var wide = Passwords.builder(POLICY)
                .foreignCap(new ForeignCap(10, 16_384, 5, 100_000))
                .build();

        assertThrows(IllegalArgumentException.class, () -> strict.requireVerifiable(stored));
        wide.requireVerifiable(stored);
    }

    @Test
    void aFirebaseProjectOverTheCapIsRefusedAtTheStart() {
        var chosen = Passwords.builder(POLICY).firebase(FIREBASE).foreignCap(new ForeignCap(10, 1_024, 1, 1));

        assertThrows(IllegalArgumentException.class, chosen::build);
    }

    @Test
    void takesATurnLikeEveryHash() {
        String stored = "$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG";

        gate.run(
                Duration.ofMinutes(1),
                () -> assertThrows(ProblemException.class, () -> passwords.verify("password".toCharArray(), stored)));
    }

    @Test
    void aPasswordLongerThanAnyIsWrong() {
        String stored = "{bcrypt}$2a$04$2I.EAZ4FFS29KRyURvVnZOPQ.E2K3XkqbkXGlBqDhJrhgoPv.3BLq";

        assertTrue(passwords.verify("a".repeat(4096).toCharArray(), stored).right(), "bcrypt sees 72 bytes");
        assertFalse(passwords.verify("a".repeat(4097).toCharArray(), stored).right());
    }
}
