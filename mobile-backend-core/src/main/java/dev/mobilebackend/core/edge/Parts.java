// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a multipart body, as the container reads them. Containers disagree on what they throw for parts that are
 * too large or none: here it is one problem each. How long it waits for them can't be seen from here, so whoever reads
 * them counts as one that waits.
 */
final class Parts {

    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);
    private static final String MULTIPART = "multipart/";

    private final HttpServletRequest containers;
    private final int most;
    private final ClientAddress client;
    private final WaitingReaders waiting;
    private @Nullable Collection<Part> read;

    Parts(HttpServletRequest containers, int most, ClientAddress client, WaitingReaders waiting) {
        this.containers = containers;
        this.most = most;
        this.client = client;
        this.waiting = waiting;
    }

    static boolean mayBeIn(@Nullable String mediaType) {
        return mediaType != null && mediaType.regionMatches(true, 0, MULTIPART, 0, MULTIPART.length());
    }

    boolean isRead() {
        return read != null;
    }

    Collection<Part> all() {
        Collection<Part> found;
        try {
            found = read();
        } catch (IOException | ServletException | RuntimeException unreadable) {
            throw refusal(unreadable);
        }
        if (found.isEmpty()) {
            // RFC 2046 section 5.1.1: there is at least one. Some containers find none in what is no multipart body.
            throw malformed();
        }
        return found;
    }

    /** Adds the fields among them; files are none. */
    void addTo(Form form, Charset charset) {
        try {
            for (Part part : read()) {
                if (part.getSubmittedFileName() == null) {
                    form.add(part.getName(), new String(part.getInputStream().readAllBytes(), charset));
                }
            }
        } catch (IOException | ServletException | RuntimeException unreadable) {
            if (!isUnconfigured(unreadable)) {
                throw refusal(unreadable);
            }
            LOG.debug("a request has no parameters in its parts", unreadable);
        }
    }

    private Collection<Part> read() throws IOException, ServletException {
        Collection<Part> found = read;
        if (found == null) {
            found = awaited();
            if (found.size() > most) {
                throw Problem.BODY_TOO_LARGE
                        .detail("a body may have up to " + most + " parts")
                        .exception();
            }
            read = found;
        }
        return found;
    }

    private Collection<Part> awaited() throws IOException, ServletException {
        if (!waiting.tryEnter(client)) {
            throw EdgeBody.tooManyWait().exception();
        }
        try {
            return containers.getParts();
        } finally {
            waiting.leave(client);
        }
    }

    /** What a failure is answered with: Tomcat throws whatever its parser does, for the name of a file for example. */
    private RuntimeException refusal(Exception unreadable) {
        if (unreadable instanceof ProblemException refused) {
            return refused;
        }
        if (isUnconfigured(unreadable)) {
            LOG.error(
                    "the servlet for {} takes no parts: give it a MultipartConfigElement", containers.getServletPath());
            return Problem.INTERNAL_ERROR.exception();
        }
        LOG.debug("the container could not read the parts of a request", unreadable);
        return isRefusal(unreadable) ? tooLarge() : malformed();
    }

    /**
     * Containers say so without a cause, but for Jetty, which says it in words alone. Tomcat says without one, too, that
     * fields were larger than its {@code maxPostSize}, and names that in each language it speaks.
     */
    private static boolean isUnconfigured(Exception unreadable) {
        Throwable root = unreadable;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String words = String.valueOf(root.getMessage());
        return root instanceof IllegalStateException
                && (unreadable.getCause() == null
                        ? !words.contains("maxPostSize")
                        : words.startsWith("No multipart configuration"));
    }

    /** How a container says that its limits on parts were passed; Jetty also says so of parts that are none. */
    private boolean isRefusal(Throwable failure) {
        String type = containers.getHeader("Content-Type");
        boolean whole = type != null && type.contains("boundary=");
        boolean refusal = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            refusal |= cause instanceof IllegalStateException;
            whole &= !(cause instanceof EOFException);
        }
        return whole && refusal;
    }

    private static RuntimeException tooLarge() {
        return Problem.BODY_TOO_LARGE
                .detail("the parts are larger than the servlet's multipart configuration allows")
                .exception();
    }

    private static RuntimeException malformed() {
        return Problem.MALFORMED_REQUEST
                .detail("the body's parts could not be read")
                .exception();
    }
}
