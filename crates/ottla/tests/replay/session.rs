//! A recorded session against a node: its commands in order, each compared with what Kafka's tool did.

use super::alike::{cluster_alike, figures_alike, json_alike, json_shapes, line_alike, only_heads, sentences};
use super::node::Node;
use super::run::{Outcome, StopWhen, run};
use super::seed::{Member, Seed};
use super::transcript::{self, Step, words};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Commands that are known to differ, with the reason.
pub const KNOWN: &[(&str, usize, &str)] = &[
    (
        "kafka-consumer-groups",
        39,
        "for a partition that does not exist Kafka's client retries without pause for 30 s; ours says at once what is wrong",
    ),
    (
        "kafka-reassign-partitions",
        8,
        "Kafka's tool also prints the class of its exception and where it was thrown; the sentence is the same",
    ),
];

/// How the outputs of a file are made alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Plain,
    /// Figures of measurements, and as many lines of each form as the time gave.
    Figures,
    /// Lines of JSON.
    Json,
    /// A server: all it says is a log.
    Log,
    /// Several nodes, of which any may lead the quorum.
    Cluster,
}

pub struct Session {
    /// The node of most sessions, or all of a cluster.
    pub nodes: Vec<Node>,
    pub seed: Seed,
    folder: PathBuf,
    member: Option<Member>,
    /// Addresses of the recording, those that stand for them here, and what both look like when they are compared.
    addresses: Vec<(&'static str, String, String)>,
}

impl Session {
    /// A node without topics.
    pub fn start() -> Session {
        let node = Node::start();
        let (client, controller) = (node.bootstrap(), node.controller());
        let addresses =
            [("127.0.0.1:49092", &client, 1), ("127.0.0.1:25092", &client, 1), ("127.0.0.1:49093", &controller, 2)];
        let session = Session::on(vec![node], &addresses.map(|(of, own, n)| (of, own.clone(), n)));
        // What stands for the recorded node's own file.
        std::fs::copy(session.nodes[0].file(), session.folder.join("server.properties")).expect("a file");
        session
    }

    /// Three nodes, each broker and controller.
    pub fn start_three() -> Session {
        let nodes = Node::start_three();
        let recorded = [
            ("127.0.0.1:25310", "127.0.0.1:25311"),
            ("127.0.0.1:25320", "127.0.0.1:25321"),
            ("127.0.0.1:25330", "127.0.0.1:25331"),
        ];
        let pairs = recorded.iter().zip(&nodes).enumerate().flat_map(|(i, ((client, controller), node))| {
            [(*client, node.bootstrap(), 2 * i + 1), (*controller, node.controller(), 2 * i + 2)]
        });
        let addresses: Vec<(&'static str, String, usize)> = pairs.collect();
        Session::on(nodes, &addresses)
    }

    fn on(nodes: Vec<Node>, addresses: &[(&'static str, String, usize)]) -> Session {
        let folder = nodes[0].folder().join("work");
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in [
            ("short.properties", "request.timeout.ms=1000\ndefault.api.timeout.ms=2000\nretries=0\n"),
            ("add.properties", "retention.bytes=100000\nmax.message.bytes=2000000\n"),
            ("c.properties", "client.id=legacy\n"),
        ] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        let seed = Seed { bootstrap: nodes[0].bootstrap() };
        let alike = |(of, own, n): &(&'static str, String, usize)| (*of, own.clone(), format!("127.0.0.1:PORT{n}"));
        let addresses = addresses.iter().map(alike).collect();
        Session { nodes, seed, folder, member: None, addresses }
    }

    pub fn bootstrap(&self) -> String {
        self.nodes[0].bootstrap()
    }

    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Runs the commands of a file that belong to the single node and whose number is `wanted`; prints what differs and
    /// says how many do.
    pub fn replay(&mut self, file: &str, kind: Kind, wanted: impl Fn(usize) -> bool) -> usize {
        self.replay_with(file, kind, wanted, |_, command| command)
    }

    /// The same; `before` is called before each command, does what happened then and may say it in other words.
    pub fn replay_with(
        &mut self,
        file: &str,
        kind: Kind,
        wanted: impl Fn(usize) -> bool,
        mut before: impl FnMut(&mut Session, String) -> String,
    ) -> usize {
        let path = format!("{}/tests/transcripts/{file}.txt", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a transcript");
        self.prepare(file);
        let (mut passed, mut total, mut failed) = (0, 0, 0);
        // Where the recorded node had its log directories.
        let text = text.replace("/run/b1/", &format!("{}/", self.nodes[0].folder().display()));
        for mut step in transcript::read(&text).into_iter().filter(|step| wanted(step.number)) {
            if step.comment.contains("member m1 gone") {
                self.member = None;
            }
            if let Some(name) = step.command.strip_prefix("cat ") {
                std::fs::write(self.folder.join(name), &step.stdout).expect("a file");
                continue;
            }
            if !in_scope(file, step.number) {
                continue;
            }
            total += 1;
            step.command = before(self, step.command);
            let known = KNOWN.iter().find(|(name, n, _)| *name == file && *n == step.number);
            match (self.judge_settled(&step, kind), known) {
                (None, _) => passed += 1,
                (Some(_), Some((_, _, reason))) => println!("{file} {}: known: {reason}", step.number),
                (Some(how), None) => {
                    failed += 1;
                    println!("{file} {}: {how}\n", step.number);
                }
            }
        }
        self.member = None;
        println!("{file}: {passed} of {total}");
        failed
    }

    /// What existed before a file's first command.
    fn prepare(&mut self, file: &str) {
        match file {
            "kafka-consumer-groups" => {
                self.seed.commit("g-idle", &[("plain", 0, 10), ("plain", 1, 10)]);
                self.seed.commit("g-simple", &[("codecs", 0, 7)]);
                self.member = Some(Member::start(&self.seed, "g-classic", "m1", 20));
            }
            "kafka-configs" => self.seed.topic("cf-1", -1, Vec::new()),
            _ => {}
        }
    }

    /// Commands that only look are asked again for a while: a broker learns of a change after the controller has
    /// answered, and the recordings had the start of a JVM in between.
    fn judge_settled(&self, step: &Step, kind: Kind) -> Option<String> {
        let until = Instant::now() + Duration::from_secs(3);
        let only_looks =
            ["--list", "--describe", "--verify", "kafka-get-offsets"].iter().any(|word| step.command.contains(word));
        loop {
            let verdict = self.judge(step, kind);
            if verdict.is_none() || !only_looks || Instant::now() > until {
                return verdict;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs a command line of a recording here.
    pub fn run(&self, command: &str, stdin: &str, stop: &StopWhen) -> Outcome {
        let own = |command: String, (of, own, _): &(&str, String, String)| command.replace(of, own);
        let command = self.addresses.iter().fold(command.to_owned(), own);
        // Silence as long as a JVM needs is not needed here.
        let words = words(&command);
        let shorter = |i: usize, word: &String| match i > 0 && words[i - 1] == "--timeout-ms" {
            true => word.parse::<u64>().map_or(word.clone(), |ms| ms.min(2000).to_string()),
            false => word.clone(),
        };
        let shortened: Vec<String> = words.iter().enumerate().map(|(i, word)| shorter(i, word)).collect();
        run(&shortened, &self.folder, stdin, stop)
    }

    /// What differs.
    fn judge(&self, step: &Step, kind: Kind) -> Option<String> {
        let is_last_word = |line: &str| {
            ["shutdown_", "tool_data", "partitions_revoked"].iter().any(|word| line.contains(word))
                || line.starts_with("Processed a total")
        };
        let stop = match step.exit {
            Some(143) => {
                let said = step.stdout.lines().filter(|line| !is_last_word(line)).count();
                StopWhen::Lines(said, |line| !line.is_empty() && !line.contains("deprecated"))
            }
            _ => StopWhen::Never,
        };
        let done = self.run(&step.command, &step.stdin, &stop);
        let mut how = Vec::new();
        if Some(done.exit) != step.exit {
            how.push(format!("exit {} instead of {:?}", done.exit, step.exit));
        }
        if !step.usage_only {
            how.extend(self.compare_stdout(step, &done.stdout, kind));
        }
        let heard = self.alike(&done.stderr, kind).replace('\n', " ");
        for sentence in sentences(&step.stderr) {
            if reads_own_topic(step) && sentence.starts_with("Processed a total") {
                continue;
            }
            let sentence = self.alike(&sentence, kind);
            if !heard.contains(&sentence) {
                how.push(format!("stderr lacks\n{sentence}\nand is\n{}", done.stderr));
            }
        }
        (!how.is_empty()).then(|| format!("{}\n{}", step.command, how.join("\n")))
    }

    fn compare_stdout(&self, step: &Step, stdout: &str, kind: Kind) -> Option<String> {
        if reads_own_topic(step) {
            // What groups did before is not the same; the form of it is.
            let (wanted, got) = (json_shapes(&step.stdout), json_shapes(stdout));
            let strange: Vec<&String> = got.difference(&wanted).collect();
            return (got.is_empty() || !strange.is_empty())
                .then(|| format!("shapes that Kafka did not print: {strange:?}, printed {got:?}"));
        }
        let (mut wanted, mut got) = (self.alike(&step.stdout, kind), self.alike(stdout, kind));
        if step.command.contains("broker-loggers") && step.command.contains("--describe") {
            // Which loggers there are is the broker's own affair.
            (wanted, got) = (only_heads(&wanted), only_heads(&got));
        }
        if step.command.starts_with("kafka-broker-api-versions") {
            wanted = without_open_apis(&wanted, &got);
            got = without_open_apis(&got, &got);
        }
        if step.command.contains("--print-metrics") {
            // A part of Kafka's metrics is printed.
            let names: Vec<&str> =
                got.lines().filter_map(|line| line.split_once(" : ")).map(|(name, _)| name.trim()).collect();
            let printed = |line: &&str| line.split_once(" : ").is_none_or(|(name, _)| names.contains(&name.trim()));
            wanted = unpadded(wanted.lines().filter(printed));
            got = unpadded(got.lines());
        }
        (wanted != got).then(|| format!("stdout is\n{got}\ninstead of\n{wanted}"))
    }

    /// Text with everything alike that no two runs share, lines sorted.
    pub fn alike(&self, text: &str, kind: Kind) -> String {
        let mut text = text.to_string();
        for (of, own, to) in &self.addresses {
            for from in [*of, own.as_str()] {
                text = text.replace(from, to).replace(&from.replace(':', " "), &to.replace(':', " "));
            }
        }
        let alike = |line: &str| match kind {
            Kind::Plain | Kind::Log => line_alike(line),
            Kind::Cluster => cluster_alike(line),
            Kind::Figures => figures_alike(line),
            Kind::Json => json_alike(line),
        };
        let elided = |line: &&str| {
            !(line.starts_with('<') && line.ends_with("more lines of this form>") || *line == "\t<java stack frames>")
        };
        let mut lines: Vec<String> = text.lines().filter(elided).map(alike).collect();
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        lines.sort();
        if kind == Kind::Figures {
            lines.dedup();
        }
        lines.join("\n")
    }
}

/// Whether a recorded command belongs to a single node without security.
pub fn in_scope(file: &str, number: usize) -> bool {
    let own = format!("{file}.txt\t{number}\t");
    include_str!("../transcripts/scope.tsv").lines().any(|line| line.starts_with(&own))
}

/// Records of a topic of the brokers: what happened there before is not the same, only the form is.
fn reads_own_topic(step: &Step) -> bool {
    step.command.contains("MessageFormatter") && step.command.contains("--topic __")
}

/// Without the versions of APIs that do not work here yet (COMPAT.md); their names stay.
fn without_open_apis(text: &str, own: &str) -> String {
    let open: Vec<&str> = own.lines().filter_map(|line| Some(line.split_once(": UNSUPPORTED")?.0)).collect();
    let bare = |line: &str| {
        let api = line.split(": ").next().unwrap_or(line).to_string();
        if open.contains(&api.as_str()) { api } else { line.to_string() }
    };
    text.lines().map(bare).collect::<Vec<_>>().join("\n")
}

fn unpadded<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
}
