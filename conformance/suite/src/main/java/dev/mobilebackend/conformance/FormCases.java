// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import static dev.mobilebackend.conformance.Handlers.FORM;
import static dev.mobilebackend.conformance.Handlers.write;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;

/** Parameters, forms and parts, and what of them is fingerprinted. */
final class FormCases {

    private static final String MULTIPART = "multipart/form-data; boundary=b";

    private static final Behaviour PARAMETERS = (request, response) -> write(response, parameters(request));

    private static final Behaviour PARTS = (request, response) -> {
        var text = new StringBuilder();
        for (Part part : request.getParts()) {
            text.append(part.getName())
                    .append(' ')
                    .append(part.getSubmittedFileName())
                    .append(' ')
                    .append(new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .append(';');
        }
        write(response, text.toString());
    };

    private FormCases() {}

    static Cases all() {
        var cases = new Cases("forms");
        queries(cases);
        forms(cases);
        parts(cases);
        fingerprints(cases);
        return cases;
    }

    private static String parameters(HttpServletRequest request) {
        var text = new StringBuilder();
        for (String name : Collections.list(request.getParameterNames())) {
            text.append(name).append(Arrays.toString(request.getParameterValues(name)));
        }
        return text.append(request.getParameterMap().size())
                .append(request.getParameter("nothing"))
                .toString();
    }

    private static void queries(Cases cases) {
        cases.on("reads a query", PARAMETERS)
                .query("a=1&b=%C3%A4&a=2+3&c&&d=")
                .answers(200, "a[1, 2 3]b[ä]c[]d[]4null");
        cases.on("reads no query", PARAMETERS).answers(200, "0null");
        cases.on("refuses a query that cannot be decoded", PARAMETERS)
                .query("a=%zz")
                .refused(400, "malformed-request")
                .beforeTheEdge()
                .since("Undertow reads the query before any filter does");
        cases.on("refuses a query that ends in a percent sign", PARAMETERS)
                .query("a=%")
                .refused(400, "malformed-request")
                .beforeTheEdge()
                .since("Undertow reads the query before any filter does");
        cases.on(
                        "does not mind a bad query that nobody reads",
                        (request, response) -> write(response, request.getQueryString()))
                .query("a=%zz")
                .answers(200, "a=%zz")
                .orAnswers(400, "")
                .beforeTheEdge()
                .since("Undertow reads the query before any filter does");
        cases.on("refuses more parameters than anybody has", PARAMETERS)
                .query("a&".repeat(1001))
                .refused(400, "malformed-request")
                .beforeTheEdge()
                .since("Undertow reads the query before any filter does");
        cases.on(
                        "reads a thousand parameters",
                        (request, response) -> write(response, "" + request.getParameterValues("a").length))
                .query("a&".repeat(1000))
                .answers(200, "1000");
    }

    private static void forms(Cases cases) {
        cases.on("reads a form with its query", PARAMETERS)
                .query("a=1&b=%C3%A4")
                .post("a=2+3&c&d=%e2%82%ac", FORM)
                .answers(200, "a[1, 2 3]b[ä]c[]d[€]4null");
        cases.on("reads a chunked form", PARAMETERS)
                .post("a=1&b=2", FORM)
                .chunked()
                .answers(200, "a[1]b[2]2null");
        cases.on("reads a form in the charset that it declares", PARAMETERS)
                .post("a=%E4", FORM + ";charset=iso-8859-1")
                .answers(200, "a[ä]1null");
        cases.on("reads a form of a PUT", PARAMETERS)
                .post("a=1", FORM)
                .method("PUT")
                .answers(200, "a[1]1null");
        cases.on("reads an empty form", PARAMETERS).post("", FORM).answers(200, "0null");
        cases.on("refuses a form that cannot be decoded", PARAMETERS)
                .post("a=%zz", FORM)
                .refused(400, "malformed-request");
        cases.on("refuses a form in a charset that does not exist", PARAMETERS)
                .post("a=1", FORM + ";charset=klingon")
                .refused(415, "unsupported-media-type");
        cases.on("refuses a form that becomes too large", PARAMETERS)
                .post("a=" + "x".repeat(Application.MAXIMUM_BODY), FORM)
                .chunked()
                .refused(413, "body-too-large");
        cases.on("refuses a form of too many fields", PARAMETERS)
                .post("a&".repeat(1001), FORM)
                .refused(400, "malformed-request");
        cases.on(
                        "leaves nothing of a form to read",
                        (request, response) -> write(
                                response,
                                request.getParameter("a")
                                        + request.getInputStream().readAllBytes().length))
                .post("a=1", FORM)
                .answers(200, "10");
        cases.on(
                        "leaves nothing of a form that was read to its parameters",
                        (request, response) -> write(
                                response,
                                new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                                        + request.getParameter("a")))
                .post("a=1", FORM)
                .answers(200, "a=1null");
        cases.on("takes JSON for no form", PARAMETERS)
                .post("a=1", "application/json")
                .answers(200, "0null");
    }

    private static String part(String name, String more, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + content + "\r\n";
    }

    private static void parts(Cases cases) {
        String upload = part("a", "", "1") + part("file", "; filename=\"f.txt\"", "cöntent") + "--b--\r\n";
        cases.on("reads parts", PARTS).post(upload, MULTIPART).answers(200, "a null 1;file f.txt cöntent;");
        cases.on(
                        "reads one part",
                        (request, response) ->
                                write(response, request.getPart("file").getSize() + " " + request.getPart("nothing")))
                .post(upload, MULTIPART)
                .answers(200, "8 null");
        cases.on("reads the fields among the parts as parameters", PARAMETERS)
                .query("q=0")
                .post(upload, MULTIPART)
                .answers(200, "q[0]a[1]2null");
        cases.on(
                        "reads parts after parameters",
                        (request, response) -> write(
                                response,
                                request.getParameter("a") + request.getParts().size()))
                .post(upload, MULTIPART)
                .answers(200, "12");
        cases.on("refuses a multipart body without a part", PARTS)
                .post("--b--\r\n", MULTIPART)
                .refused(400, "malformed-request");
        cases.on("refuses parts that are none", PARTS)
                .post("no boundary anywhere", MULTIPART)
                .refused(400, "malformed-request");
        cases.on("refuses parts that break off", PARTS)
                .post(part("a", "", "1").substring(0, 40), MULTIPART)
                .refused(400, "malformed-request");
        cases.on("refuses parts without a boundary", PARTS)
                .post(upload, "multipart/form-data")
                .refused(400, "malformed-request");
        cases.on("refuses the parts of a body that has none", PARTS)
                .post("text", "text/plain")
                .refused(400, "malformed-request");
        cases.on("refuses a part that is too large", PARTS)
                .post(part("a", "; filename=\"f\"", "x".repeat(4_001)) + "--b--\r\n", MULTIPART)
                .refused(413, "body-too-large");
        cases.on(
                        "reads as many parts as there may be",
                        (request, response) ->
                                write(response, "" + request.getParts().size()))
                .post(part("a", "", "1").repeat(Application.MAXIMUM_PARTS) + "--b--\r\n", MULTIPART)
                .answers(200, "" + Application.MAXIMUM_PARTS);
        cases.on("refuses too many parts", PARTS)
                .post(part("a", "", "1").repeat(Application.MAXIMUM_PARTS + 1) + "--b--\r\n", MULTIPART)
                .refused(413, "body-too-large");
        cases.on("refuses too many parts among the parameters", PARAMETERS)
                .post(part("a", "", "1").repeat(Application.MAXIMUM_PARTS + 1) + "--b--\r\n", MULTIPART)
                .refused(413, "body-too-large");
        cases.on("refuses parts of unknown length", PARTS)
                .post(upload, MULTIPART)
                .chunked()
                .refused(411, "length-required");
        cases.on("refuses parts that say they are too large", PARTS)
                .post(part("a", "", "x".repeat(Application.MAXIMUM_BODY)) + "--b--\r\n", MULTIPART)
                .refused(413, "body-too-large");
        cases.on(
                        "reads a multipart body as a stream",
                        (request, response) ->
                                write(response, "" + request.getInputStream().readAllBytes().length))
                .post(upload, MULTIPART)
                .answers(200, "" + upload.getBytes(StandardCharsets.UTF_8).length);
    }

    private static void fingerprints(Cases cases) {
        Behaviour pay = (request, response) -> {
            String amount = request.getParameter("amount");
            write(response, amount + " " + Handlers.fingerprint(request));
        };
        String type = "application/json";
        cases.on("fingerprints a form that is read by its parameters", pay)
                .idempotent()
                .post("amount=10", FORM)
                .answersWith(one -> "10 " + Handlers.fingerprintOf(one.method, one.path, "", FORM, "amount=10"));
        cases.on("fingerprints a body that is read as a stream", (request, response) -> {
                    request.getInputStream().readAllBytes();
                    write(response, Handlers.fingerprint(request));
                })
                .idempotent()
                .post("{\"a\":1}", type)
                .answersWith(one -> Handlers.fingerprintOf("POST", one.path, "", type, "{\"a\":1}"));
        cases.on("fingerprints a chunked body as any other", (request, response) -> {
                    request.getInputStream().read();
                    write(response, Handlers.fingerprint(request));
                })
                .idempotent()
                .post("{\"a\":1}", type)
                .chunked()
                .answersWith(one -> Handlers.fingerprintOf("POST", one.path, "", type, "{\"a\":1}"));
        cases.on("fingerprints a body that is read as characters", (request, response) -> {
                    request.getReader().readLine();
                    write(response, Handlers.fingerprint(request));
                })
                .idempotent()
                .post("ünicode", type)
                .answersWith(one -> Handlers.fingerprintOf("POST", one.path, "", type, "ünicode"));
        cases.on(
                        "fingerprints a body that nobody reads, and its query",
                        (request, response) -> write(response, Handlers.fingerprint(request)))
                .idempotent()
                .query("a=1")
                .post("unread", type)
                .answersWith(one -> Handlers.fingerprintOf("POST", one.path, "a=1", type, "unread"));
        cases.on("fingerprints on another thread", (request, response) -> {
                    var async = request.startAsync();
                    Handlers.onThread(() -> {
                        write(async.getResponse(), Handlers.fingerprint(async.getRequest()));
                        async.complete();
                    });
                })
                .idempotent()
                .post("later", type)
                .answersWith(one -> Handlers.fingerprintOf("POST", one.path, "", type, "later"));
        cases.on("refuses parts where they would have to be fingerprinted", PARTS)
                .idempotent()
                .post("--b--\r\n", MULTIPART)
                .refused(415, "unsupported-media-type");
        cases.on(
                        "refuses a body that becomes too large while it is fingerprinted",
                        (request, response) -> write(response, Handlers.fingerprint(request)))
                .idempotent()
                .post(Handlers.pattern(Application.MAXIMUM_BODY + 1))
                .chunked()
                .refused(413, "body-too-large");
        cases.on(
                        "says nothing good where idempotency was declared and forgotten",
                        (request, response) -> write(response, "paid"))
                .idempotent()
                .post("", type)
                .refused(500, "internal-error");
        cases.on("says nothing good that was flushed", (request, response) -> Handlers.flush(response, "paid"))
                .idempotent()
                .post("", type)
                .refused(500, "internal-error");
        cases.on("says nothing good by a redirect", (request, response) -> response.sendRedirect("/paid"))
                .idempotent()
                .post("", type)
                .refused(500, "internal-error");
        cases.on(
                        "refuses to fingerprint where nothing was declared",
                        (request, response) -> write(response, Handlers.fingerprint(request)))
                .post("", type)
                .refused(500, "internal-error");
        cases.on("wants a key where a request is idempotent", (request, response) -> write(response, "never"))
                .signedIn()
                .idempotent()
                .with("Idempotency-Key", "two words")
                .post("", type)
                .refused(400, "idempotency-key-malformed");
    }
}
