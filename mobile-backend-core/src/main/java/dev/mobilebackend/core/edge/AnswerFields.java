// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an answer. Those that the edge's steps have set outlive a reset; those of the application are checked
 * where containers disagree on them.
 */
abstract class AnswerFields extends HttpServletResponseWrapper {

    private static final String CONTENT_LENGTH = "Content-Length";
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String VARY = "Vary";

    private @Nullable OwnFields own;
    private boolean admitted;
    private long declaredLength = -1;
    private boolean lengthSent;
    private boolean trailersSet;
    private @Nullable String encoding;
    private boolean encodingSet;

    AnswerFields(HttpServletResponse response) {
        super(response);
    }

    /** Whether the container may be using its response for somebody else by now. */
    abstract boolean isEnded();

    /** Whether the body passes, so that its length may be told. */
    abstract boolean hasBody();

    /** The steps are done: fields set from now on are the application's, and go with its answer only. */
    void admitted() {
        admitted = true;
    }

    /** Sets a field of the edge's, also after the steps. */
    void setOwn(String name, String value) {
        if (own != null) {
            own.set(name, value);
        }
        super.setHeader(name, value);
    }

    /** Reads the edge's own fields before something that the edge does not see may take them away. */
    OwnFields keepOwn() {
        OwnFields kept = own == null ? new OwnFields() : own;
        kept.keepAll(containers());
        own = kept;
        return kept;
    }

    /** The edge's own fields as far as they were read; null where nothing has changed any. */
    @Nullable
    OwnFields own() {
        return own;
    }

    private HttpServletResponse containers() {
        return (HttpServletResponse) getResponse();
    }

    /** To be called before the application changes fields of a name. */
    private void change(String name) {
        if (isType(name)) {
            return;
        }
        if (own == null) {
            own = new OwnFields();
        }
        own.keep(name, containers());
    }

    /** Only the edge's own fields are left. */
    void clear() {
        OwnFields kept = keepOwn();
        super.reset();
        if (encodingSet) {
            // Undertow would put it on whatever is sent in its place.
            super.setCharacterEncoding(null);
            encodingSet = false;
        }
        encoding = null;
        kept.putOn(containers());
    }

    @Override
    public void setHeader(String name, String value) {
        if (!admitted) {
            super.setHeader(name, value);
        } else if (isLength(name)) {
            setContentLengthLong(value == null ? -1 : Long.parseLong(value.strip()));
        } else if (!isEnded()) {
            noteEncoding(name, value);
            oneLine(name, value);
            change(name);
            super.setHeader(name, value);
            if (own != null && isVary(name)) {
                // Whatever the application's answer depends on, it depends on what the edge has found as well.
                own.addTo(containers(), VARY);
            }
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (!admitted) {
            super.addHeader(name, value);
        } else if (isLength(name)) {
            setContentLengthLong(value == null ? -1 : Long.parseLong(value.strip()));
        } else if (!isEnded()) {
            noteEncoding(name, value);
            oneLine(name, value);
            change(name);
            super.addHeader(name, value);
        }
    }

    @Override
    public void addCookie(Cookie cookie) {
        addHeader("Set-Cookie", SetCookie.of(cookie));
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void setDateHeader(String name, long date) {
        if (!isEnded()) {
            change(name);
            super.setDateHeader(name, date);
        }
    }

    @Override
    public void addDateHeader(String name, long date) {
        if (!isEnded()) {
            change(name);
            super.addDateHeader(name, date);
        }
    }

    @Override
    public void setTrailerFields(Supplier<Map<String, String>> fields) {
        if (!isEnded()) {
            trailersSet = true;
            super.setTrailerFields(fields);
        }
    }

    @Override
    public void setBufferSize(int size) {
        if (!isEnded()) {
            super.setBufferSize(size);
        }
    }

    private static boolean isLength(String name) {
        return name.length() == CONTENT_LENGTH.length() && name.equalsIgnoreCase(CONTENT_LENGTH);
    }

    private static boolean isType(String name) {
        return name.length() == CONTENT_TYPE.length() && name.equalsIgnoreCase(CONTENT_TYPE);
    }

    private static boolean isVary(String name) {
        return name.length() == VARY.length() && name.equalsIgnoreCase(VARY);
    }

    /** Containers disagree on what becomes of a line break: some let it begin another field. */
    private static void oneLine(String name, String value) {
        if (value != null && (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0)) {
            throw new IllegalArgumentException("the value of the field " + name + " must be one line");
        }
    }

    @Override
    public boolean containsHeader(String name) {
        return isLength(name) ? declaredLength >= 0 : super.containsHeader(name);
    }

    @Override
    public @Nullable String getHeader(String name) {
        if (isLength(name)) {
            return declaredLength < 0 ? null : Long.toString(declaredLength);
        }
        return super.getHeader(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        if (isLength(name)) {
            return declaredLength < 0 ? List.of() : List.of(Long.toString(declaredLength));
        }
        return super.getHeaders(name);
    }

    @Override
    public void setContentLength(int length) {
        setContentLengthLong(length);
    }

    /** Held back until the body leaves: Jetty ends an answer as soon as it is as long as it was declared. */
    @Override
    public void setContentLengthLong(long length) {
        if (!lengthSent) {
            declaredLength = length;
        }
    }

    /** How long the body is said to be, or -1. */
    long declaredLength() {
        return declaredLength;
    }

    void forgetLength() {
        declaredLength = -1;
        lengthSent = false;
    }

    /** Tells the container what the application has declared, before the first byte leaves. */
    void sendLength() {
        if (!lengthSent && declaredLength >= 0 && hasBody() && !super.isCommitted()) {
            lengthSent = true;
            super.setContentLengthLong(declaredLength);
        }
    }

    @Override
    public void setContentType(String type) {
        if (!isEnded()) {
            noteEncoding(CONTENT_TYPE, type);
            oneLine(CONTENT_TYPE, type);
            super.setContentType(type);
        }
    }

    @Override
    public void setLocale(Locale locale) {
        if (!isEnded()) {
            encodingSet = true;
            change("Content-Language");
            super.setLocale(locale);
            super.setHeader("Content-Language", locale.toLanguageTag());
        }
    }

    /** No container does so by itself where the connection closes after the answer. */
    void sendInChunks(HttpServletRequest request) {
        if (!trailersSet && Container.TOMCAT.serves(request)) {
            // It would leave out the chunks, but not the field, that the application asks for by name.
            super.setTrailerFields(Map::of);
        } else if (!trailersSet) {
            super.setHeader("Transfer-Encoding", "chunked");
        }
    }

    void dropContentType() {
        super.setContentType(null);
        if (super.getContentType() == null) {
            return;
        }
        // Undertow forgets it only with everything else.
        int status = super.getStatus();
        var kept = new LinkedHashMap<String, List<String>>();
        for (String name : super.getHeaderNames()) {
            kept.put(name, List.copyOf(super.getHeaders(name)));
        }
        super.reset();
        super.setStatus(status);
        kept.forEach((name, values) -> {
            if (!name.equalsIgnoreCase(CONTENT_TYPE)) {
                values.forEach(value -> super.addHeader(name, value));
            }
        });
    }

    private void noteEncoding(String name, @Nullable String value) {
        if (value == null || !isType(name)) {
            return;
        }
        int at = value.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (at >= 0) {
            encodingSet = true;
            int start = at + "charset=".length();
            int end = value.indexOf(';', start);
            encoding = value.substring(start, end < 0 ? value.length() : end)
                    .replace('"', ' ')
                    .strip();
        }
    }

    @Override
    public void setCharacterEncoding(String name) {
        encoding = name;
        if (isKnown(name) && !isEnded()) {
            encodingSet = true;
            super.setCharacterEncoding(name);
        }
    }

    /** Overrides a method of Servlet 6.1. */
    public void setCharacterEncoding(Charset charset) {
        setCharacterEncoding(charset.name());
    }

    private static boolean isKnown(String charset) {
        try {
            return Charset.isSupported(charset);
        } catch (IllegalArgumentException notEvenAName) {
            return false;
        }
    }

    /** What characters are written in: UTF-8 unless the application has chosen, since containers disagree on it. */
    Charset charset() throws UnsupportedEncodingException {
        String chosen = encoding;
        if (chosen != null && !isKnown(chosen)) {
            throw new UnsupportedEncodingException("there is no character encoding '" + chosen + "'");
        }
        Charset charset = chosen == null ? StandardCharsets.UTF_8 : Charset.forName(chosen);
        if (!isEnded()) {
            encodingSet = true;
            super.setCharacterEncoding(charset.name());
        }
        return charset;
    }
}
