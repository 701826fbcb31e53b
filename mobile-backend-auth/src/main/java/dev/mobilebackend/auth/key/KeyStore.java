// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.key;

import java.util.List;

/** Where signing keys are kept, shared by all instances of an application. Each method is one atomic step. */
public interface KeyStore {

    /** Every key, in no particular order. */
    List<SigningKey> all();

    /** Keeps a key unless one of its generation is there: of two instances that make the next key, one wins. */
    boolean tryAdd(SigningKey key);

    /** Forgets a key, if it is there. */
    void remove(String keyId);

    /**
     * Seals under the current server secret what is still sealed under another; a store that seals nothing has no need.
     */
    default void sealAnew() {}
}
