package engine;

import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * TestNode PORT DIR [KEY=VALUE ...]: one node of the engine on the class path (Elasticsearch 7, OpenSearch 2 or 3) on
 * 127.0.0.1, stopped by SIGTERM. By reflection, because the engines differ in package names and in one constructor only.
 */
public final class TestNode {
    private static final String BASE = has("org.opensearch.node.Node") ? "org.opensearch." : "org.elasticsearch.";

    public static void main(String[] args) throws Exception {
        long t0 = System.nanoTime();
        PrintStream out = System.out; // the engine turns System.out into a logger
        int port = Integer.parseInt(args[0]);
        Path home = Path.of(args[1]).toAbsolutePath();
        Path config = Files.createDirectories(home.resolve("config"));
        Map<String, Object> s = new LinkedHashMap<>();
        s.put("cluster.name", "testnode");
        s.put("node.name", "n1");
        s.put("path.home", home.toString());
        s.put("path.data", home.resolve("data").toString());
        s.put("path.logs", home.resolve("logs").toString());
        s.put("network.host", "127.0.0.1");
        s.put("http.port", String.valueOf(port));
        s.put("transport.port", String.valueOf(port + 1000));
        s.put("discovery.type", "single-node");
        s.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        s.put("action.destructive_requires_name", "false");
        for (int i = 2; i < args.length; i++) {
            int eq = args[i].indexOf('=');
            s.put(args[i].substring(0, eq), args[i].substring(eq + 1));
        }
        Class<?> log = cls("common.logging.LogConfigurator");
        Class<?> settingsClass = cls("common.settings.Settings");
        Object builder = settingsClass.getMethod("builder").invoke(null);
        builder.getClass().getMethod("loadFromMap", Map.class).invoke(builder, s);
        Object settings = builder.getClass().getMethod("build").invoke(builder);
        Supplier<String> name = () -> "n1";
        Object env = cls("node.InternalSettingsPreparer")
            .getMethod("prepareEnvironment", settingsClass, Map.class, Path.class, Supplier.class)
            .invoke(null, settings, Map.of(), config, name);
        if (Files.notExists(config.resolve("log4j2.properties"))) { // warnings to the console, deprecations to the Warning header
            Files.writeString(config.resolve("log4j2.properties"), String.join("\n", "status = error",
                "appender.console.type = Console", "appender.console.name = console", "appender.console.layout.type = PatternLayout",
                "appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n",
                "rootLogger.level = warn", "rootLogger.appenderRef.console.ref = console",
                "appender.header_warning.type = HeaderWarningAppender", "appender.header_warning.name = header_warning",
                "logger.deprecation.name = " + BASE + "deprecation", "logger.deprecation.level = info",
                "logger.deprecation.appenderRef.header_warning.ref = header_warning", "logger.deprecation.additivity = false"));
        }
        log.getMethod("setNodeName", String.class).invoke(null, "n1");
        log.getMethod("registerErrorListener").invoke(null);
        log.getMethod("configure", env.getClass()).invoke(null, env);
        Object node = null;
        List<Class<?>> plugins = new ArrayList<>(); // those on the class path; Elastic's and OpenSearch's names
        for (String plugin : List.of("transport.Netty4Plugin", "transport.Netty4ModulePlugin", "index.reindex.ReindexPlugin", "reindex.ReindexPlugin",
            "index.reindex.ReindexModulePlugin", "painless.PainlessPlugin", "painless.PainlessModulePlugin",
            "ingest.common.IngestCommonPlugin", "ingest.common.IngestCommonModulePlugin")) {
            if (has(BASE + plugin)) {
                plugins.add(cls(plugin));
            }
        }
        for (Constructor<?> c : cls("node.Node").getDeclaredConstructors()) {
            if (c.getParameterCount() == 3) { // (environment, plugins of the class path, forbid private index settings)
                c.setAccessible(true);
                boolean infos = c.getGenericParameterTypes()[1].getTypeName().contains("PluginInfo");
                List<Object> listed = new ArrayList<>();
                for (Class<?> plugin : plugins) {
                    listed.add(infos ? info(plugin) : plugin);
                }
                node = c.newInstance(env, listed, true);
            }
        }
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
        try {
            node.getClass().getMethod("start").invoke(node);
        } catch (InvocationTargetException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        out.println("READY 127.0.0.1:" + port + " after " + (System.nanoTime() - t0) / 1_000_000 + " ms");
        stop.await();
        try {
            node.getClass().getMethod("close").invoke(node);
            out.println("STOPPED");
        } finally {
            done.countDown();
        }
    }

    /** OpenSearch names a plugin of the class path by a PluginInfo (since 3.0). */
    private static Object info(Class<?> plugin) throws Exception {
        Class<?> version = cls("Version");
        Object now = version.getField("CURRENT").get(null);
        return cls("plugins.PluginInfo")
            .getConstructor(String.class, String.class, String.class, version, String.class, String.class, String.class, List.class, boolean.class)
            .newInstance(plugin.getName(), "class path plugin", "NA", now, "17", plugin.getName(), null, List.of(), false);
    }

    private static Class<?> cls(String name) throws ClassNotFoundException {
        return Class.forName(BASE + name);
    }

    private static boolean has(String name) {
        return TestNode.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null;
    }
}
