// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import org.jspecify.annotations.Nullable;

/**
 * The JSON that {@link JobStatusResource} answers with, for a route's description.
 *
 * <pre>{@code
 * .answers(200, JobStatusView.class, Export.class)
 * }</pre>
 *
 * @param state {@code waiting}, {@code running}, {@code done}, {@code failed} or {@code cancelled}
 * @param result what the handler gave to {@link JobContext#result}, once it is done
 */
public record JobStatusView<R extends Record>(
        String id,
        String state,
        @Nullable Double progress,
        @Nullable String note,
        @Nullable R result) {}
