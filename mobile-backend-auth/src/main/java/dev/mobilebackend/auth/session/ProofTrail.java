// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fingerprints of a session's last {@value #LONGEST} rotation proofs, newest first. Empty until the client sends
 * its first proof; from then on each refresh must bring one, so the trail has no gaps. Immutable.
 */
public final class ProofTrail {

    public static final int LONGEST = 4;
    public static final ProofTrail EMPTY = new ProofTrail(new byte[0]);

    private final byte[] fingerprints;

    private ProofTrail(byte[] fingerprints) {
        this.fingerprints = fingerprints;
    }

    /** The trail as a store kept it. */
    public static ProofTrail of(byte[] bytes) {
        if (bytes.length % RotationProof.FINGERPRINT_BYTES != 0
                || bytes.length > LONGEST * RotationProof.FINGERPRINT_BYTES) {
            throw new IllegalArgumentException("a proof trail has up to " + LONGEST + " fingerprints of "
                    + RotationProof.FINGERPRINT_BYTES + " bytes, had " + bytes.length + " bytes");
        }
        return new ProofTrail(bytes.clone());
    }

    public byte[] bytes() {
        return fingerprints.clone();
    }

    public boolean isEmpty() {
        return fingerprints.length == 0;
    }

    /** This trail after one more rotation; without a proof it stays as it is. */
    public ProofTrail then(@Nullable RotationProof proof) {
        if (proof == null) {
            return this;
        }
        int size = RotationProof.FINGERPRINT_BYTES;
        int kept = Math.min(fingerprints.length, (LONGEST - 1) * size);
        byte[] longer = Arrays.copyOf(proof.fingerprint(), size + kept);
        System.arraycopy(fingerprints, 0, longer, size, kept);
        return new ProofTrail(longer);
    }

    /** Whether the rotation so many steps back, 1 being the newest, was made with this proof. */
    boolean holds(int stepsBack, @Nullable RotationProof proof) {
        int from = (stepsBack - 1) * RotationProof.FINGERPRINT_BYTES;
        int to = from + RotationProof.FINGERPRINT_BYTES;
        return proof != null
                && stepsBack <= LONGEST
                && to <= fingerprints.length
                && proof.matches(Arrays.copyOfRange(fingerprints, from, to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProofTrail that && Arrays.equals(fingerprints, that.fingerprints);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fingerprints);
    }

    @Override
    public String toString() {
        return "ProofTrail[" + fingerprints.length / RotationProof.FINGERPRINT_BYTES + "]";
    }
}
