// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemTexts;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every problem that a class of the library keeps as a constant, whichever module it is in. */
class ProblemTitlesTest {

    private static Map<String, Problem> problems;

    @BeforeAll
    static void find() throws ReflectiveOperationException {
        problems = constants();
    }

    @Test
    void everyProblemHasATitleInEveryLanguage() {
        var missing = new ArrayList<String>();
        for (String code : problems.keySet()) {
            for (String language : ProblemTexts.shipped().languages()) {
                if (!ProblemTexts.shipped().has(language, code)) {
                    missing.add(code + " in problems_" + language + ".properties of core.problem");
                }
            }
        }

        assertTrue(missing.isEmpty(), "no title for " + String.join(", ", missing));
    }

    @Test
    void theProblemsOfEveryModuleAreFound() {
        assertTrue(problems.containsKey("not-found"), "core");
        assertTrue(problems.containsKey("session-ended"), "auth");
    }

    /** No two kinds share a code. */
    private static Map<String, Problem> constants() throws ReflectiveOperationException {
        var problems = new TreeMap<String, Problem>();
        var fields = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.mobilebackend").stream()
                        .flatMap(type -> type.getFields().stream())
                        .filter(field -> field.getRawType().isEquivalentTo(Problem.class))
                        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                        .map(JavaField::reflect)
                        .toList();
        for (Field field : fields) {
            field.setAccessible(true);
            Problem problem = (Problem) field.get(null);
            Problem before = problems.putIfAbsent(problem.code(), problem);
            assertEquals(
                    before == null ? problem.type() : before.type(),
                    problem.type(),
                    "the code of " + field + " has another type elsewhere");
        }
        return problems;
    }
}
