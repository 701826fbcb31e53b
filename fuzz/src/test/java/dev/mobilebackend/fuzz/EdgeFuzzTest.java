// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may come with a request, a target each. In the build each takes its seeds; {@code fuzz/run TARGET} looks for
 * worse.
 */
class EdgeFuzzTest {

    @MethodSource("dev.mobilebackend.fuzz.Seeds#paths")
    @FuzzTest
    void path(byte[] input) {
        Target.PATH.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#queries")
    @FuzzTest
    void query(byte[] input) {
        Target.QUERY.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#fields")
    @FuzzTest
    void field(byte[] input) {
        Target.FIELD.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#forwarded")
    @FuzzTest
    void forwarded(byte[] input) {
        Target.FORWARDED.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#bodies")
    @FuzzTest
    void json(byte[] input) {
        Target.JSON.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#bodies")
    @FuzzTest
    void form(byte[] input) {
        Target.FORM.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#parts")
    @FuzzTest
    void parts(byte[] input) {
        Target.PARTS.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#types")
    @FuzzTest
    void type(byte[] input) {
        Target.TYPE.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#deliveries")
    @FuzzTest
    void listener(byte[] input) {
        Target.LISTENER.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#bodies")
    @FuzzTest
    void inflated(byte[] input) {
        Target.INFLATED.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#tokens")
    @FuzzTest
    void token(byte[] input) {
        Target.TOKEN.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#credentials")
    @FuzzTest
    void credentials(byte[] input) {
        Target.CREDENTIALS.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#refreshTokens")
    @FuzzTest
    void refresh(byte[] input) {
        Target.REFRESH.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#bodies")
    @FuzzTest
    void service(byte[] input) {
        Target.SERVICE.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#credentials")
    @FuzzTest
    void account(byte[] input) {
        Target.ACCOUNT.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#proofs")
    @FuzzTest
    void proof(byte[] input) {
        Target.PROOF.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#hashes")
    @FuzzTest
    void stored(byte[] input) {
        Target.STORED.take(input);
    }

    @MethodSource("dev.mobilebackend.fuzz.Seeds#hashes")
    @FuzzTest
    void breached(byte[] input) {
        Target.BREACHED.take(input);
    }
}
