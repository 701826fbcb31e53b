// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import org.apache.catalina.core.ApplicationPart;
import org.apache.tomcat.util.http.fileupload.FileItem;
import org.apache.tomcat.util.http.fileupload.FileUpload;
import org.apache.tomcat.util.http.fileupload.UploadContext;
import org.apache.tomcat.util.http.fileupload.disk.DiskFileItemFactory;
import org.apache.tomcat.util.http.fileupload.impl.InvalidContentTypeException;
import org.apache.tomcat.util.http.fileupload.impl.SizeException;
import org.jspecify.annotations.Nullable;

/** The parts of a body, read by Tomcat's own parser and refused as Tomcat refuses them. */
final class FakeParts {

    private static final int LARGEST = 100_000;
    private static final File NOWHERE = new File("parts are kept in memory");

    private FakeParts() {}

    static Collection<Part> of(@Nullable String contentType, byte[] body, InputStream in)
            throws IOException, ServletException {
        var upload = new FileUpload();
        upload.setFileItemFactory(new DiskFileItemFactory(Integer.MAX_VALUE, NOWHERE));
        upload.setFileSizeMax(LARGEST);
        upload.setFileCountMax(200);
        try {
            var parts = new ArrayList<Part>();
            for (FileItem item : upload.parseRequest(new Uploaded(contentType, body.length, in))) {
                parts.add(new ApplicationPart(item, NOWHERE));
            }
            return parts;
        } catch (InvalidContentTypeException none) {
            throw new ServletException(none);
        } catch (SizeException tooLarge) {
            throw new IllegalStateException(tooLarge);
        }
    }

    private record Uploaded(@Nullable String contentType, long contentLength, InputStream in) implements UploadContext {

        @Override
        public @Nullable String getContentType() {
            return contentType;
        }

        @Override
        public @Nullable String getCharacterEncoding() {
            return null;
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }
    }
}
