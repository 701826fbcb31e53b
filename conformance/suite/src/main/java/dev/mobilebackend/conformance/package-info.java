// SPDX-License-Identifier: Apache-2.0
/**
 * What the edge must do in every servlet container. Start at {@link dev.mobilebackend.conformance.EdgeConformance}, or
 * at a class of cases such as {@link dev.mobilebackend.conformance.AnswerCases}.
 */
@NullMarked
package dev.mobilebackend.conformance;

import org.jspecify.annotations.NullMarked;
