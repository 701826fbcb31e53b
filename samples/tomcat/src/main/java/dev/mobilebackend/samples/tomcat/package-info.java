// SPDX-License-Identifier: Apache-2.0
/** An embedded Tomcat behind the edge. Start at {@link dev.mobilebackend.samples.tomcat.TomcatApp}. */
@NullMarked
package dev.mobilebackend.samples.tomcat;

import org.jspecify.annotations.NullMarked;
