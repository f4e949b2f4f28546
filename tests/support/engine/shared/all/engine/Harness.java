package engine;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** What the nodes of all engines have in common. It knows no engine: each has an interface of its own. */
public final class Harness {
    public interface Step<T> {
        T run() throws Exception;
    }

    /** For PORT DIR [KEY=VALUE ...]: one node on 127.0.0.1 with its data in DIR, where KEY=VALUE do not say otherwise. */
    public static Map<String, String> settings(String[] args) {
        int port = Integer.parseInt(args[0]);
        Path home = home(args);
        Map<String, String> out = new LinkedHashMap<>();
        out.put("cluster.name", "testnode");
        out.put("node.name", "n1");
        out.put("path.home", home.toString());
        out.put("path.data", home.resolve("data").toString());
        out.put("path.logs", home.resolve("logs").toString());
        out.put("network.host", "127.0.0.1");
        out.put("http.port", String.valueOf(port));
        out.put("transport.port", String.valueOf(port + 1000));
        out.put("discovery.type", "single-node");
        out.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        out.put("action.destructive_requires_name", "false");
        for (int i = 2; i < args.length; i++) {
            int eq = args[i].indexOf('=');
            out.put(args[i].substring(0, eq), args[i].substring(eq + 1));
        }
        return out;
    }

    /** The folder of the configuration, which is there then. */
    public static Path config(String[] args) throws IOException {
        return Files.createDirectories(home(args).resolve("config"));
    }

    /** Warnings to the console, deprecations to the Warning header. `base` is that of the engine's packages, with its dot. */
    public static void writeLogging(Path config, String base) throws IOException {
        Path file = config.resolve("log4j2.properties");
        if (Files.notExists(file)) {
            Files.writeString(file, """
                status = error
                appender.console.type = Console
                appender.console.name = console
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = [%%d{ISO8601}][%%-5p][%%c{1.}] %%m%%n
                rootLogger.level = warn
                rootLogger.appenderRef.console.ref = console
                appender.header_warning.type = HeaderWarningAppender
                appender.header_warning.name = header_warning
                logger.deprecation.name = %sdeprecation
                logger.deprecation.level = info
                logger.deprecation.appenderRef.header_warning.ref = header_warning
                logger.deprecation.additivity = false
                """.formatted(base));
        }
    }

    /** Starts a node, says READY and its address, and closes it at SIGTERM. `out` is the true standard output. */
    public static void run(PrintStream out, Step<?> start, Step<?> close) throws Exception {
        long begun = System.nanoTime();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        Object address = start.run();
        out.println("READY " + address + " after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        stop.await();
        try {
            close.run();
            out.println("STOPPED");
        } finally {
            done.countDown();
        }
    }

    private static Path home(String[] args) {
        return Path.of(args[1]).toAbsolutePath();
    }

    private Harness() {}
}
