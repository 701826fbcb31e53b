// SPDX-License-Identifier: Apache-2.0
/** What Tomcat refuses by itself. Start at {@link dev.mobilebackend.core.tomcat.TomcatProblems}. */
@NullMarked
package dev.mobilebackend.core.tomcat;

import org.jspecify.annotations.NullMarked;
