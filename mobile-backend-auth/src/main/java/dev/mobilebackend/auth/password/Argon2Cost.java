// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/**
 * What one Argon2id hash costs (RFC 9106 section 3.1).
 *
 * @param memoryKib memory in KiB, at least 8 for each lane
 * @param iterations passes over the memory
 * @param parallelism lanes
 */
public record Argon2Cost(int memoryKib, int iterations, int parallelism) {

    public Argon2Cost {
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations must be at least 1, was " + iterations);
        }
        if (parallelism < 1 || parallelism > 255) {
            throw new IllegalArgumentException("parallelism must be 1 to 255, was " + parallelism);
        }
        if (memoryKib < 8 * parallelism) {
            throw new IllegalArgumentException("memoryKib must be at least 8 for each lane, was " + memoryKib);
        }
    }

    /** Whether a hash of this cost takes no more of anything than one of the other. */
    boolean isWithin(Argon2Cost cap) {
        return memoryKib <= cap.memoryKib && iterations <= cap.iterations && parallelism <= cap.parallelism;
    }

    /** Whether a hash of this cost is cheaper to guess at than one of the other. */
    boolean isWeakerThan(Argon2Cost other) {
        return memoryKib < other.memoryKib || iterations < other.iterations;
    }

    /** As it stands in a stored hash. */
    @Override
    public String toString() {
        return "m=" + memoryKib + ",t=" + iterations + ",p=" + parallelism;
    }
}
