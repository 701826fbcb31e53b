// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.audit;

import java.util.List;

/**
 * Where entries go when they are old, such as files or another database, out of reach of whoever writes to the trail's.
 */
@FunctionalInterface
public interface AuditArchive {

    /**
     * Keeps entries, each just verified: once this returns they are removed from the trail. Where that fails, the same
     * come again. Without salt, blinded digest and tag an entry can't be verified any more.
     *
     * @param entries in their order, one after those of the call before
     */
    void keep(List<AuditEntry> entries);
}
