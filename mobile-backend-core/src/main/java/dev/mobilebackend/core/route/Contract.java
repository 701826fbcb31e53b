// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a route takes and gives, for documents that are made of the table. The edge enforces none of it: records are
 * read and written by {@code JsonBody}.
 */
public sealed interface Contract {

    /** The request's body, as JSON. */
    record Accepts(Class<? extends Record> type) implements Contract {

        public Accepts {
            requireNonNull(type, "type must not be null: leave it out where there is no body");
        }
    }

    /**
     * One answer, as JSON.
     *
     * @param status HTTP status, 200 to 399; errors are problems on every route
     * @param types the record and what its type parameters stand for, such as {@code Page} and {@code Order}; empty for
     *     an answer without body
     */
    record Answers(int status, List<Class<?>> types) implements Contract {

        public Answers {
            requireNonNull(types, "types must not be null: an answer without a body has List.of()");
            if (status < 200 || status > 399) {
                throw new IllegalArgumentException(
                        "a declared answer must have a status from 200 to 399, was " + status);
            }
            types = List.copyOf(types);
            int parameters = types.isEmpty() ? 0 : types.get(0).getTypeParameters().length;
            if (!types.isEmpty() && parameters != types.size() - 1) {
                throw new IllegalArgumentException(types.get(0).getSimpleName() + " has " + parameters
                        + " type parameters, but " + (types.size() - 1) + " were given");
            }
        }
    }

    /** A parameter of the query; {@code type} is what JSON it would be: a string, a number or a boolean. */
    record Query(String name, Class<?> type) implements Contract {

        public Query {
            requireNonNull(name, "name must not be null");
            requireNonNull(type, "type must not be null: such as String.class or int.class");
        }
    }

    /** One sentence for people. */
    record Summary(String text) implements Contract {

        public Summary {
            requireNonNull(text, "summary must not be null: leave it out where there is none");
        }
    }

    /** A word that routes are listed under together. */
    record Tag(String name) implements Contract {

        public Tag {
            requireNonNull(name, "tag must not be null: leave it out where there is none");
        }
    }
}
