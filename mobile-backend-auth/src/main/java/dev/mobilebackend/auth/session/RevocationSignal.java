// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session;

/**
 * Tells an instance that others may have revoked something, sooner than its next read of the store would. It may miss
 * some, so it never takes the place of reading. Used by one thread at a time.
 */
public interface RevocationSignal extends AutoCloseable {

    /**
     * Begins to listen, or makes sure that it still does: what is committed from then on raises the signal.
     *
     * @throws RuntimeException if it can't; it is tried again later
     */
    void listen();

    /**
     * Whether something may have been revoked since this was asked last; asked often, so it hardly waits.
     *
     * @throws RuntimeException if it does not listen any more
     */
    boolean isRaised();

    /** Stops listening. */
    @Override
    void close();
}
