# Sourced with `engine` and `built` set: `java` with its `options` and the class `main` run a node of that engine, and
# `archive` is where the classes of that node are kept as this Java has parsed them.
home=$("$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/java-home.sh" "$engine")
java=$home/bin/java
archive=$built/classes-$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$home/release").jsa

# What the packages of the makers say of themselves in GET /, and what each needs of Java.
case $engine in
es8) main=org.elasticsearch.node.TestNode options=(-Xms512m -Xmx512m -Des.queryable_built_in_roles_enabled=false) ;;
es710) main=engine.TestNode options=(-Des.distribution.flavor=oss -Des.distribution.type=tar) ;;
es7) main=engine.TestNode options=(-Des.distribution.flavor=default -Des.distribution.type=tar) ;;
es9) main=org.elasticsearch.node.TestNode options=(-Des.distribution.type=tar) ;;
os2|os3) main=engine.TestNode options=(-Dopensearch.distribution.type=tar) ;;
esac
case $engine in
es9|os3)
    options+=(--enable-native-access=ALL-UNNAMED)
    # A run time that is cut down may lack it; the engines do without.
    if "$java" --list-modules | grep -q '^jdk.incubator.vector'; then
        options+=(--add-modules=jdk.incubator.vector)
    fi ;;
esac
[ "$engine" = es8 ] || options+=(-Xms384m -Xmx384m)
# A node lives for minutes, on few cores: the optimising compiler would take more time than it saves, half of all.
options+=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$built/engine.jar:$built/lib/*")
