// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import java.util.ArrayList;
import java.util.List;

/** The cases of one kind, in order. */
final class Cases {

    private final String kind;
    private final List<Case> all = new ArrayList<>();

    Cases(String kind) {
        this.kind = kind;
    }

    /** A case that the application serves so, under a path made of its name. */
    Case on(String name, Behaviour behaviour) {
        return add(Case.named(name, "/case/", behaviour));
    }

    /** A case whose servlet was registered without async support. */
    Case onSyncServlet(String name, Behaviour behaviour) {
        return add(Case.named(name, "/sync/", behaviour));
    }

    /** A case for which nothing stands behind the edge. */
    Case off(String name) {
        return add(Case.named(name, "/nothing/", null));
    }

    /** A case for what a framework serves at this path by its own means, or a plain servlet where there is none. */
    Case at(String path, String name) {
        return add(new Case(name, path, null));
    }

    private Case add(Case made) {
        all.add(made);
        return made;
    }

    String kind() {
        return kind;
    }

    List<Case> all() {
        return all;
    }
}
