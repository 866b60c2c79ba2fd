//! Reading recorded sessions, running their commands, comparing.

use client::{
    Acks, Admin, Consumer, ConsumerSettings, NewTopic, Producer, ProducerRecord, ProducerSettings, Settings,
    SettingsMap, Subscription,
};
use records::Codec;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tools::Io;

pub enum Verdict {
    Same,
    Differs(String),
}

/// One recorded command.
struct Step {
    number: usize,
    comment: String,
    command: String,
    stdin: String,
    stdout: String,
    stderr: String,
    exit: i32,
    usage_only: bool,
}

pub struct Session {
    bootstrap: String,
    controller: String,
    folder: PathBuf,
    member: Option<Member>,
}

impl Session {
    pub fn start(bootstrap: &str) -> Session {
        let (host, port) = bootstrap.rsplit_once(':').expect("host:port");
        let next = port.parse::<u16>().expect("a port") + 1;
        let controller = std::env::var("OTTLA_TEST_CONTROLLER").unwrap_or_else(|_| format!("{host}:{next}"));
        let folder = std::env::temp_dir().join(format!("ottla-transcripts-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::env::set_current_dir(&folder).expect("the folder");
        for (name, text) in [
            ("short.properties", "request.timeout.ms=1000\ndefault.api.timeout.ms=2000\nretries=0\n"),
            ("add.properties", "retention.bytes=100000\nmax.message.bytes=2000000\n"),
        ] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        let session = Session { bootstrap: bootstrap.into(), controller, folder, member: None };
        session.seed();
        session
    }

    fn map(&self) -> SettingsMap {
        let mut map = SettingsMap::default();
        map.set("bootstrap.servers", &self.bootstrap);
        map
    }

    fn admin(&self) -> Admin {
        Admin::new(Settings::admin(&self.map(), None).unwrap()).unwrap()
    }

    /// Brings an empty node into the state of the recordings.
    fn seed(&self) {
        let admin = self.admin();
        if admin.list_topics().unwrap().iter().any(|(name, _, _)| name == "plain") {
            return;
        }
        let mut waiting = Vec::new();
        for line in include_str!("../transcripts/s0.tsv").lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells[0] {
                "topic" => {
                    let pairs = cells[3].split(';').filter_map(|pair| pair.split_once('='));
                    let configs = pairs.map(|(k, v)| (k.to_string(), v.to_string())).collect();
                    let topic = NewTopic {
                        name: cells[1].into(),
                        partitions: cells[2].parse().unwrap(),
                        replication_factor: -1,
                        configs,
                        ..NewTopic::default()
                    };
                    admin.create_topic(&topic).unwrap();
                }
                "rec" => waiting.push(record(&cells)),
                "flush" => self.flush(std::mem::take(&mut waiting), &cells),
                "trim" => {
                    let key = (cells[1].to_string(), cells[2].parse().unwrap());
                    admin.delete_records(&BTreeMap::from([(key, cells[3].parse().unwrap())])).unwrap();
                }
                other => panic!("unknown step: {other}"),
            }
        }
    }

    fn flush(&self, records: Vec<ProducerRecord>, cells: &[&str]) {
        let mut map = self.map();
        map.set("linger.ms", "2000").set("batch.size", if cells.len() > 2 { cells[3] } else { "1000000" });
        let mut settings = ProducerSettings::from_map(&map).unwrap();
        settings.compression = Codec::from_name(cells[1]).unwrap().into();
        assert_eq!(settings.acks, Acks::All);
        let producer = Producer::new(settings).unwrap();
        for record in records {
            producer.send(record, Some(Box::new(|result| drop(result.unwrap())))).unwrap();
        }
        producer.close(Duration::from_secs(30));
    }

    /// Runs a file's commands; what is out of scope and what only shows files is not judged.
    pub fn replay(&mut self, file: &str) -> Vec<(usize, Verdict)> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(format!("{file}.txt"));
        let text = std::fs::read_to_string(path).expect("a transcript");
        self.prepare(file);
        let outside = |number: usize| {
            let own = format!("{file}.txt\t{number}\t");
            include_str!("../transcripts/out-of-scope.tsv").lines().any(|line| line.starts_with(&own))
        };
        let mut verdicts = Vec::new();
        for step in steps(&text) {
            if step.comment.contains("member m1 gone") {
                self.member = None;
            }
            if let Some(name) = step.command.strip_prefix("cat ") {
                std::fs::write(self.folder.join(name), &step.stdout).expect("a file");
            } else if !outside(step.number) {
                verdicts.push((step.number, self.judge_settled(&step)));
            }
        }
        self.member = None;
        verdicts
    }

    /// What existed before a file's first command.
    fn prepare(&mut self, file: &str) {
        let admin = self.admin();
        match file {
            "kafka-consumer-groups" => {
                let commit = |group: &str, offsets: &[(&str, i32, i64)]| {
                    let offsets = offsets.iter().map(|(t, p, o)| ((t.to_string(), *p), *o)).collect();
                    let results = admin.commit_group_offsets(group, &offsets).unwrap();
                    assert!(results.values().all(|code| code.is_ok()));
                };
                commit("g-idle", &[("plain", 0, 10), ("plain", 1, 10)]);
                commit("g-simple", &[("codecs", 0, 7)]);
                self.member = Some(Member::start(self.map()));
            }
            "kafka-configs" => {
                let topic =
                    NewTopic { name: "cf-1".into(), partitions: -1, replication_factor: -1, ..Default::default() };
                let _ = admin.create_topic(&topic);
            }
            _ => {}
        }
    }

    /// Commands that only look are asked again for a while: a broker learns of a change after the controller has
    /// answered, and the recordings had the start of a JVM in between.
    fn judge_settled(&self, step: &Step) -> Verdict {
        let until = Instant::now() + Duration::from_secs(3);
        let only_looks = ["--list", "--describe", "kafka-get-offsets"].iter().any(|word| step.command.contains(word));
        loop {
            let verdict = self.judge(step);
            if matches!(verdict, Verdict::Same) || !only_looks || Instant::now() > until {
                return verdict;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn judge(&self, step: &Step) -> Verdict {
        let command =
            step.command.replace("127.0.0.1:49092", &self.bootstrap).replace("127.0.0.1:49093", &self.controller);
        let words = words(&command);
        let Some(tool) = tools::by_name(&words[0]) else {
            return Verdict::Differs(format!("no such tool: {}", words[0]));
        };
        let (mut io, out, err) = Io::captured(step.stdin.as_bytes());
        let exit = (tool.run)(&words[1..], &mut io);
        drop(io);
        let mut how = Vec::new();
        if exit != step.exit {
            how.push(format!("exit {exit} instead of {}", step.exit));
        }
        let (mut wanted, mut got) = (self.alike(&step.stdout), self.alike(&out.text()));
        if step.command.contains("broker-loggers") && step.command.contains("--describe") {
            // Which loggers there are is the broker's own affair.
            (wanted, got) = (only_heads(&wanted), only_heads(&got));
        }
        if !step.usage_only && wanted != got {
            how.push(format!("stdout is\n{got}\ninstead of\n{wanted}"));
        }
        let heard = self.alike(&err.text()).replace('\n', " ");
        if let Some(sentence) = sentence(&self.alike(&step.stderr)).filter(|sentence| !heard.contains(sentence)) {
            how.push(format!("stderr lacks\n{sentence}\nand is\n{}", err.text()));
        }
        match how.is_empty() {
            true => Verdict::Same,
            false => Verdict::Differs(format!("{}\n{}", step.command, how.join("\n"))),
        }
    }

    /// Text with everything alike that no two runs share, lines sorted.
    fn alike(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (from, to) in [
            (self.bootstrap.as_str(), "127.0.0.1:PORT1"),
            (self.controller.as_str(), "127.0.0.1:PORT2"),
            ("127.0.0.1:49092", "127.0.0.1:PORT1"),
            ("127.0.0.1:49093", "127.0.0.1:PORT2"),
        ] {
            text = text.replace(from, to);
        }
        let bare = |address: &str| format!("127.0.0.1 {}", address.rsplit(':').next().unwrap_or_default());
        for (from, to) in [(bare(&self.bootstrap), "127.0.0.1 PORT1"), (bare(&self.controller), "127.0.0.1 PORT2")] {
            text = text.replace(&from, to);
        }
        text = text.replace("127.0.0.1 49092", "127.0.0.1 PORT1").replace("127.0.0.1 49093", "127.0.0.1 PORT2");
        let mut lines: Vec<String> = text.lines().map(line_alike).collect();
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        lines.sort();
        lines.join("\n")
    }
}

fn only_heads(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with(' ')).collect::<Vec<_>>().join("\n")
}

fn line_alike(line: &str) -> String {
    if line.starts_with("{\"brokers\"") {
        return log_dirs_alike(line);
    }
    if ["  log.dirs=", "  metadata.log.dir="].iter().any(|key| line.starts_with(key)) {
        return line.split('=').next().unwrap_or_default().to_string();
    }
    let changing = ["HighWatermark:", "LeaderEpoch:"];
    if let Some(label) = changing.iter().find(|label| line.starts_with(**label)) {
        return format!("{label} N");
    }
    if let Some((head, _)) = line.split_once("Epoch: ").filter(|_| line.starts_with("Feature: ")) {
        return format!("{head}Epoch: N");
    }
    if line.starts_with("1     \t") {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        return format!("{} {} {} {}", cells[0], cells[3], cells.len(), cells[6]);
    }
    let mut out = String::new();
    for token in line.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')) {
        let body = token.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let tail = &token[body.len()..];
        let is_id = body.len() == 22
            && body.chars().any(|c| c.is_ascii_uppercase())
            && body.chars().any(|c| c.is_ascii_lowercase());
        let is_clock = body.len() == 13 && body.starts_with("17") && body.bytes().all(|b| b.is_ascii_digit());
        let is_member = body.len() > 36 && body.starts_with("m1-");
        let shown = match (is_id, is_clock, is_member) {
            (true, _, _) => "ID",
            (_, true, _) => "CLOCK",
            (_, _, true) => "MEMBER",
            _ => body,
        };
        out += shown;
        out += tail;
    }
    sets_alike(&out)
}

/// Lists inside a line whose order is not Kafka's promise.
fn sets_alike(line: &str) -> String {
    if let Some((head, configs)) = line.split_once("\tConfigs: ") {
        let mut configs: Vec<&str> = configs.split(',').collect();
        configs.sort();
        return format!("{head}\tConfigs: {}", configs.join(","));
    }
    let start = "Deletion of requested consumer groups (";
    match line.strip_prefix(start).and_then(|rest| rest.split_once(')')) {
        Some((list, end)) => {
            let mut items: Vec<&str> = list.split(", ").collect();
            items.sort();
            format!("{start}{}){end}", items.join(", "))
        }
        None => line.to_string(),
    }
}

/// Partitions of all folders together, without sizes: which folder a partition is in is chance.
fn log_dirs_alike(line: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let mut partitions = Vec::new();
    for broker in json["brokers"].as_array().expect("brokers") {
        for dir in broker["logDirs"].as_array().expect("logDirs") {
            assert!(dir["error"].is_null());
            for partition in dir["partitions"].as_array().expect("partitions") {
                let (lag, future) = (&partition["offsetLag"], &partition["isFuture"]);
                partitions.push(format!("{} {lag} {future}", partition["partition"]));
            }
        }
    }
    partitions.sort();
    partitions.join("\n")
}

/// The sentence that a recorded standard error must have told: without log prefix, class name and stack.
fn sentence(stderr: &str) -> Option<String> {
    let noise = ["<usage text>", "<java stack frames>", "Caused by:", "usage:", "at [Source", "[--", "(--", "{"];
    let lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut sentences = lines
        .filter(|line| !noise.iter().any(|noise| line.starts_with(noise)))
        .filter(|line| !line.starts_with('[') || !line.contains(" WARN [") && !line.contains(" ERROR ["))
        .filter(|line| {
            !line.starts_with("com.fasterxml") && !line.starts_with("(org.") && !line.starts_with("(kafka.")
        });
    let line = sentences.next()?;
    let line = match line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((_, rest)) => rest.split_once(' ').map_or(rest, |(_, message)| message),
        None => line,
    };
    let mut line = line.split(" (org.apache.kafka").next().unwrap_or(line);
    while let Some((class, rest)) = line.split_once(": ") {
        let is_class =
            class.contains('.') && !class.contains(' ') && class.ends_with(|c: char| c.is_ascii_alphabetic());
        if !is_class {
            break;
        }
        line = rest;
    }
    Some(line.trim().to_string())
}

fn record(cells: &[&str]) -> ProducerRecord {
    let bytes = |cell: &str| match cell {
        "\\N" => None,
        cell => Some(match cell.strip_prefix("0*") {
            Some(count) => vec![b'x'; count.parse().unwrap()],
            None => cell.as_bytes().to_vec(),
        }),
    };
    let headers = cells.get(6).copied().unwrap_or_default();
    let headers = headers.split(',').filter_map(|pair| pair.split_once(':'));
    ProducerRecord {
        topic: cells[1].into(),
        partition: Some(cells[2].parse().unwrap()),
        timestamp_ms: Some(cells[3].parse().unwrap()),
        key: bytes(cells[4]),
        value: bytes(cells[5]),
        headers: headers.map(|(k, v)| (k.to_string(), Some(v.as_bytes().to_vec()))).collect(),
    }
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut comment, mut part) = (String::new(), "stdout");
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                number: steps.len() + 1,
                comment: std::mem::take(&mut comment),
                command: command.into(),
                stdin: String::new(),
                stdout: String::new(),
                stderr: String::new(),
                exit: -1,
                usage_only: false,
            });
            part = "stdout";
            continue;
        }
        let Some(step) = steps.last_mut() else { continue };
        match line {
            "--- stdin" => part = "stdin",
            "--- stdout" => part = "stdout",
            "--- stderr" => part = "stderr",
            line if line.starts_with("--- (usage text not kept)") => step.usage_only = true,
            line if line.starts_with("--- exit ") => {
                step.exit = line[9..].parse().unwrap();
                part = "after";
            }
            line => match part {
                "stdin" => step.stdin += &format!("{line}\n"),
                "stdout" => step.stdout += &format!("{line}\n"),
                "stderr" => step.stderr += &format!("{line}\n"),
                _ => {
                    if line.starts_with('#') {
                        comment = line.to_string();
                    }
                }
            },
        }
    }
    steps
}

/// Words as a shell cuts them, with single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut any) = (String::new(), false, false);
    for c in command.chars() {
        match c {
            '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => word.push(c),
        }
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    words
}

/// The running member `m1` of group g-classic.
struct Member {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Member {
    fn start(mut map: SettingsMap) -> Member {
        map.set("group.id", "g-classic").set("client.id", "m1").set("auto.offset.reset", "earliest");
        let mut consumer = Consumer::new(ConsumerSettings::from_map(&map).unwrap()).unwrap();
        consumer.subscribe(Subscription::Topics(vec!["plain".into()])).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let until = Instant::now() + Duration::from_secs(30);
        let mut read = 0;
        while read < 20 && Instant::now() < until {
            read += consumer.poll(Duration::from_millis(200)).unwrap().len();
        }
        consumer.commit().unwrap();
        let asked = stop.clone();
        let thread = std::thread::spawn(move || {
            while !asked.load(Ordering::Acquire) {
                let _ = consumer.poll(Duration::from_millis(100));
            }
            consumer.close().unwrap();
        });
        Member { stop, thread: Some(thread) }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
