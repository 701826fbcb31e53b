// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.mobilebackend.core.ambient.Ambient;
import java.net.URL;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The arrows, seams and names of the house, over the classes of all five modules. */
@AnalyzeClasses(packages = "dev.mobilebackend", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule modulesFormAStar = classes().should(useNoModuleButCoreAndTheirOwn());

    @ArchTest
    static final ArchRule noTwoPackagesImportEachOther =
            slices().assignedFrom(eachPackage()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyJdbiRoomsSpeakJdbi = noClasses()
            .that()
            .resideOutsideOfPackages("..jdbi..", "dev.mobilebackend.core.data..", "dev.mobilebackend.testkit..")
            .should()
            .dependOnClassesThat(resideInAPackage("org.jdbi.."));

    @ArchTest
    static final ArchRule onlyRedisRoomsSpeakRedis = noClasses()
            .that()
            .resideOutsideOfPackages("..redis..", "dev.mobilebackend.testkit..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.lettuce..", "redis..", "org.redisson.."));

    @ArchTest
    static final ArchRule onlyMicrometerRoomsSpeakMicrometer = noClasses()
            .that()
            .resideOutsideOfPackage("..micrometer..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.micrometer.."));

    @ArchTest
    static final ArchRule onlyTheEdgeSeesFiltersAndAsync = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mobilebackend.core.edge..", "dev.mobilebackend.testkit..")
            .should()
            .dependOnClassesThat(are(
                    "jakarta.servlet.Filter",
                    "jakarta.servlet.FilterChain",
                    "jakarta.servlet.AsyncContext",
                    "jakarta.servlet.AsyncEvent",
                    "jakarta.servlet.AsyncListener"));

    /** The adapter for Javalin, too: it mounts the edge. */
    @ArchTest
    static final ArchRule onlyTheEdgeSeesDispatches = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.mobilebackend.core.edge..", "dev.mobilebackend.core.javalin..", "dev.mobilebackend.testkit..")
            .should()
            .dependOnClassesThat(are("jakarta.servlet.DispatcherType"));

    @ArchTest
    static final ArchRule onlyTheAdapterAndTestkitKnowJavalin = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mobilebackend.core.javalin..", "dev.mobilebackend.testkit.app..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.javalin.."));

    /** A token that points to a key (jku, x5u) is not even followed by mistake. */
    @ArchTest
    static final ArchRule tokensAndKeysMakeNoConnection = noClasses()
            .that()
            .resideInAnyPackage("dev.mobilebackend.auth.token..", "dev.mobilebackend.auth.key")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "java.net..",
                    "javax.net..",
                    "java.nio.channels..",
                    "com.nimbusds.jose.jwk.source..",
                    "com.nimbusds.jose.proc..",
                    "com.nimbusds.jwt.."));

    /** Nor is a key that a proof points to; a {@code URI} is read there and not followed. */
    @ArchTest
    static final ArchRule proofsMakeNoConnection = noClasses()
            .that()
            .resideInAPackage("dev.mobilebackend.auth.dpop..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "java.net..",
                            "javax.net..",
                            "java.nio.channels..",
                            "com.nimbusds.jose.jwk.source..",
                            "com.nimbusds.jose.proc..")
                    .and(not(are("java.net.URI", "java.net.URISyntaxException"))));

    /** Nor do they let a library follow it for them. */
    @ArchTest
    static final ArchRule tokensKeysAndProofsHandOnNoUrl = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.mobilebackend.auth.token..", "dev.mobilebackend.auth.key", "dev.mobilebackend.auth.dpop..")
            .should()
            .accessTargetWhere(takesOrGivesAUrl());

    @ArchTest
    static final ArchRule timeRandomnessAndThreadsAreHandedIn = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Ambient.class.getName())
            .and()
            .doNotHaveFullyQualifiedName("dev.mobilebackend.testkit.client.RealTime")
            .should()
            .accessTargetWhere(makesTimeRandomnessOrThreads())
            .because("a test that hands in its own must move all of it: take it from the builder, or from Ambient");

    @ArchTest
    static final ArchRule namesSayTheDomainsWord = noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Utils?|Impl|Service|Processor)")
            .orShould()
            .haveNameMatching(".*[.$](Abstract|Base)([A-Z][^.$]*)?");

    @ArchTest
    static final ArchRule accessorsCarryNoGet = methods().that().arePublic().should(beNoGetterOfOurs());

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes().should(resideInANullMarkedPackage());

    private static ArchCondition<JavaClass> useNoModuleButCoreAndTheirOwn() {
        return new ArchCondition<>("use no module but core and their own, unless they are testkit's") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                var allowed = new HashSet<>(List.of("", "core", module(type)));
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    if (!allowed.contains("testkit") && !allowed.contains(module(dependency.getTargetClass()))) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** The word after {@code dev.mobilebackend.}, or nothing if a class is not ours. */
    private static String module(JavaClass type) {
        String name = type.getPackageName() + ".";
        String house = "dev.mobilebackend.";
        return name.startsWith(house) ? name.substring(house.length(), name.indexOf('.', house.length())) : "";
    }

    private static SliceAssignment eachPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    private static DescribedPredicate<JavaClass> are(String... names) {
        Set<String> set = Set.of(names);
        return describe("are one of " + set, type -> set.contains(type.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> takesOrGivesAUrl() {
        return describe(
                "takes or gives a URL",
                access -> access.getTarget() instanceof CodeUnitAccessTarget called
                        && Stream.concat(called.getRawParameterTypes().stream(), Stream.of(called.getRawReturnType()))
                                .anyMatch(type -> type.isEquivalentTo(URL.class)));
    }

    private static DescribedPredicate<JavaAccess<?>> makesTimeRandomnessOrThreads() {
        return describe(
                "makes time, randomness or threads",
                access -> access.getTarget() instanceof CodeUnitAccessTarget called
                        && (makesTime(called) || makesRandomness(called) || makesThreads(called)));
    }

    private static boolean makesTime(CodeUnitAccessTarget called) {
        return called.getName().equals("now") && isIn("java.time", called) && takesNothing(called)
                || called.getName().startsWith("system") && isOneOf(called, Clock.class, InstantSource.class)
                || called.getName().matches("currentTimeMillis|nanoTime") && isOneOf(called, System.class)
                || called.getName().equals("sleep") && isOneOf(called, Thread.class)
                || isConstructor(called) && isOneOf(called, Date.class) && takesNothing(called);
    }

    private static boolean makesRandomness(CodeUnitAccessTarget called) {
        return isConstructor(called)
                        && (called.getOwner().isAssignableTo(Random.class) || isOneOf(called, SplittableRandom.class))
                || called.getName().startsWith("getInstance") && isOneOf(called, SecureRandom.class)
                || called.getName().equals("random") && isOneOf(called, Math.class)
                || called.getName().equals("randomUUID") && isOneOf(called, UUID.class)
                || called.getName().equals("current") && isOneOf(called, ThreadLocalRandom.class);
    }

    private static boolean makesThreads(CodeUnitAccessTarget called) {
        return isConstructor(called)
                        && (called.getOwner().isAssignableTo(Thread.class)
                                || isOneOf(called, Timer.class, ForkJoinPool.class))
                || called.getName().matches("ofVirtual|ofPlatform|startVirtualThread") && isOneOf(called, Thread.class)
                || isOneOf(called, Executors.class)
                || called.getName().equals("commonPool") && isOneOf(called, ForkJoinPool.class)
                || called.getName().matches("runAsync|supplyAsync")
                        && isOneOf(called, CompletableFuture.class)
                        && called.getRawParameterTypes().size() == 1;
    }

    private static boolean isConstructor(AccessTarget called) {
        return called.getName().equals("<init>");
    }

    private static boolean isIn(String packageName, AccessTarget called) {
        return called.getOwner().getPackageName().equals(packageName);
    }

    private static boolean isOneOf(AccessTarget called, Class<?>... owners) {
        return Stream.of(owners).anyMatch(called.getOwner()::isEquivalentTo);
    }

    private static boolean takesNothing(CodeUnitAccessTarget called) {
        return called.getRawParameterTypes().isEmpty();
    }

    private static ArchCondition<JavaMethod> beNoGetterOfOurs() {
        return new ArchCondition<>("be no getters, unless a foreign type asks for them") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean seen = method.getOwner().getModifiers().contains(JavaModifier.PUBLIC);
                if (seen && method.getName().matches("get[A-Z].*") && !overridesAForeignMethod(method)) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName() + " carries a get"));
                }
            }
        };
    }

    private static boolean overridesAForeignMethod(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return Stream.concat(owner.getAllRawSuperclasses().stream(), owner.getAllRawInterfaces().stream())
                .filter(type -> module(type).isEmpty())
                .flatMap(type -> type.getMethods().stream())
                .anyMatch(asked -> asked.getName().equals(method.getName())
                        && asked.getParameters().size()
                                == method.getParameters().size());
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info.java says @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                if (!marked && !type.getSimpleName().equals("module-info")) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " resides in no such package"));
                }
            }
        };
    }
}
