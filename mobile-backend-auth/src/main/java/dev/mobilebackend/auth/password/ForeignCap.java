// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.password;

/**
 * The most that a stored hash of another kind than Argon2 may ask for; one that asks for more is refused before any
 * work.
 *
 * @param bcryptCost 4 to 31, each one twice the work of the one before
 * @param scryptKib memory in KiB, which is N times r / 8
 * @param scryptParallelism times that memory is worked through
 * @param pbkdf2Iterations of PBKDF2 with any digest
 */
public record ForeignCap(int bcryptCost, int scryptKib, int scryptParallelism, int pbkdf2Iterations) {

    public ForeignCap {
        if (bcryptCost < 4 || bcryptCost > 31) {
            throw new IllegalArgumentException("bcryptCost must be 4 to 31, was " + bcryptCost);
        }
        if (scryptKib < 1 || scryptParallelism < 1 || pbkdf2Iterations < 1) {
            throw new IllegalArgumentException("scryptKib, scryptParallelism and pbkdf2Iterations must be at least 1,"
                    + " were " + scryptKib + ", " + scryptParallelism + " and " + pbkdf2Iterations);
        }
    }

    /**
     * Room for what Spring, Django, ASP.NET Identity and Firebase make of themselves: about a second of a core each.
     */
    public static ForeignCap standard() {
        return new ForeignCap(14, 65_536, 8, 2_000_000);
    }

    /** Also that there is such a cost. */
    void requireBcrypt(int cost) {
        if (cost < 4) {
            throw new IllegalArgumentException(
                    "stored password hash is bcrypt of cost " + cost + ", which there cannot be: it is at least 4");
        }
        require(cost <= bcryptCost, "bcrypt of cost " + cost);
    }

    /** Also that there are such parameters (RFC 7914 section 2). */
    void requireScrypt(long n, long r, long p) {
        boolean powerOfTwo = n > 1 && Long.bitCount(n) == 1;
        // Below 2^(128 * r / 8), which is more than anybody's memory from r=2 on.
        boolean fits = r > 1 || n < 1 << 16;
        if (!powerOfTwo || r < 1 || p < 1 || !fits) {
            throw new IllegalArgumentException("stored password hash is scrypt of N=" + n + ", r=" + r + ", p=" + p
                    + ", which there cannot be: N must be a power of two, for r=1 below 65536, r and p at least 1");
        }
        // Divided, so that nothing overflows.
        require(n <= (long) scryptKib * 8 / r && p <= scryptParallelism, "scrypt of N=" + n + ", r=" + r + ", p=" + p);
    }

    void requirePbkdf2(long iterations) {
        if (iterations < 1) {
            throw new IllegalArgumentException("stored password hash is PBKDF2 of " + iterations + " iterations");
        }
        require(iterations <= pbkdf2Iterations, "PBKDF2 of " + iterations + " iterations");
    }

    private void require(boolean within, String asks) {
        if (!within) {
            throw new IllegalArgumentException("stored password hash is " + asks + ", which is over the cap " + this
                    + ": raise it if it is to be computed");
        }
    }
}
