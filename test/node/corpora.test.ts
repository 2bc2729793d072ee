import { join } from "node:path";
import { expect, test } from "vitest";
import { readAudio } from "../../src/corpora/audio-file.ts";
import { corpusNames, loadCorpus } from "../../src/corpora/registry.ts";
import { CorpusError, OptionError, TableError } from "../../src/errors.ts";
import type { Corpus } from "../../src/utterance.ts";
import { makeTree, wavs } from "./tree.ts";

const ids = (corpus: Corpus) => corpus.utterances.map((u) => u.id);
const emotions = (corpus: Corpus) => corpus.utterances.map((u) => u.emotion);

function countByEmotion(corpus: Corpus): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { emotion } of corpus.utterances) counts[emotion] = (counts[emotion] ?? 0) + 1;
  return counts;
}

test("EMO-DB", async () => {
  const root = await makeTree(wavs("wav/08a02Nb.wav", "wav/03a01Fa.wav", "wav/._03a01Fa.wav", "wav/noise.wav"));
  const corpus = await loadCorpus(`emodb:${root}`);
  expect(corpus.name).toBe("emodb");
  expect(corpus.classes).toEqual(["happiness", "neutral"]);
  expect(corpus.utterances).toEqual([
    {
      id: "03a01Fa",
      file: join(root, "wav", "03a01Fa.wav"),
      emotion: "happiness",
      speaker: "03",
      gender: "male",
      script: "a01",
    },
    {
      id: "08a02Nb",
      file: join(root, "wav", "08a02Nb.wav"),
      emotion: "neutral",
      speaker: "08",
      gender: "female",
      script: "a02",
    },
  ]);
});

const emodb = process.env.EMOVOX_EMODB;
test.skipIf(!emodb)("EMO-DB as published has its 535 utterances", async () => {
  const corpus = await loadCorpus({ name: "emodb", path: emodb as string });
  expect(corpus.utterances.length).toBe(535);
  expect(countByEmotion(corpus)).toEqual({
    anger: 127,
    boredom: 81,
    disgust: 46,
    fear: 69,
    happiness: 71,
    sadness: 62,
    neutral: 79,
  });
  expect(new Set(corpus.utterances.map((u) => u.speaker)).size).toBe(10);
  expect((await readAudio(corpus.utterances[0].file as string)).sampleRate).toBe(16000);
});

const evaluation = (dialog: string) =>
  [
    "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]",
    "",
    `[6.2901 - 8.2357]\t${dialog}_F000\tneu\t[2.5000, 2.5000, 2.5000]`,
    "C-E2:\tNeutral;\t()",
    "",
    `[0.0100 - 0.0600]\t${dialog}_M000\texc\t[2.5000, 2.5000, 2.5000]`,
    `[14.0000 - 15.0000]\t${dialog}_F001\txxx\t[2.5000, 2.5000, 2.5000]`,
    `[16.0000 - 17.0000]\t${dialog}_M001\tfru\t[2.5000, 2.5000, 2.5000]`,
    `[18.0000 - 19.0000]\t${dialog}_F002\tfea\t[2.5000, 2.5000, 2.5000]`,
    "",
  ].join("\r\n");

function iemocapSession(session: number, dialog: string): Record<string, string> {
  const folder = `Session${session}/dialog`;
  return {
    [`${folder}/EmoEvaluation/${dialog}.txt`]: evaluation(dialog),
    [`${folder}/EmoEvaluation/._${dialog}.txt`]: "\0\0",
    [`${folder}/EmoEvaluation/Categorical/${dialog}_e1_cat.txt`]: evaluation(dialog).replaceAll("neu", "ang"),
    [`${folder}/transcriptions/${dialog}.txt`]: `${dialog}_F000 [006.2901-008.2357]: Excuse me.\n${dialog}_MXX0 [008.0-009.0]: Mmhm.\nM: hm\n${dialog}_M000 [000.0100-000.0600]: Yeah!\n`,
  };
}

const sentences = (session: number, dialog: string) =>
  wavs(
    ...["F000", "M000", "F001", "M001", "F002"].map(
      (turn) => `Session${session}/sentences/wav/${dialog}/${dialog}_${turn}.wav`,
    ),
  );

test("IEMOCAP, sentences cut out", async () => {
  const dialog = "Ses01F_impro01";
  const root = await makeTree({ ...iemocapSession(1, dialog), ...sentences(1, dialog) });
  const corpus = await loadCorpus(`iemocap:${root}`);
  expect(ids(corpus)).toEqual([`${dialog}_F000`, `${dialog}_F002`, `${dialog}_M000`, `${dialog}_M001`]);
  expect(emotions(corpus)).toEqual(["neutral", "fear", "happiness", "sadness"]);
  expect(corpus.classes).toEqual(["happiness", "sadness", "fear", "neutral"]);
  expect(corpus.utterances[0]).toEqual({
    id: `${dialog}_F000`,
    file: join(root, "Session1", "sentences", "wav", dialog, `${dialog}_F000.wav`),
    emotion: "neutral",
    transcript: "Excuse me.",
    speaker: "Ses01F",
    session: "Ses01",
    gender: "female",
    script: "impro01",
  });
  expect(corpus.utterances[2]).toMatchObject({ speaker: "Ses01M", gender: "male", transcript: "Yeah!" });
});

test("IEMOCAP, whole dialogues, below its parent folder", async () => {
  const dialog = "Ses05M_script01_1b";
  const tree = { ...iemocapSession(5, dialog), ...wavs(`Session5/dialog/wav/${dialog}.wav`) };
  const parent = await makeTree(
    Object.fromEntries(Object.entries(tree).map(([path, content]) => [`IEMOCAP_full_release/${path}`, content])),
  );
  const corpus = await loadCorpus({ name: "iemocap", path: parent });
  const excited = corpus.utterances[2];
  expect(excited).toMatchObject({ start: 0.01, end: 0.06, speaker: "Ses05M", session: "Ses05", script: "script01_1" });
  expect((await readAudio(excited.file as string, excited)).samples.length).toBe(400);
});

test("IEMOCAP's other class maps", async () => {
  const dialog = "Ses02F_impro02";
  const path = await makeTree({ ...iemocapSession(2, dialog), ...sentences(2, dialog) });
  const six = await loadCorpus({ name: "iemocap", path, options: { classes: "six" } });
  expect(emotions(six)).toEqual(["neutral", "excitement", "frustration"]);
  expect(six.classes).toEqual(["excitement", "frustration", "neutral"]);
  const four = await loadCorpus({ name: "iemocap", path, options: { classes: "four" } });
  expect(emotions(four)).toEqual(["neutral", "happiness"]);
});

test("IEMOCAP without its sound, or without labels, is refused", async () => {
  const silent = await makeTree(iemocapSession(1, "Ses01F_impro01"));
  await expect(loadCorpus(`iemocap:${silent}`)).rejects.toThrow(/no audio of Ses01F_impro01_F000; expected sentences/);
  await expect(loadCorpus(`iemocap:${await makeTree({})}`)).rejects.toThrow(/no labels of iemocap found/);
});

test("RAVDESS, speech only, calm kept", async () => {
  const root = await makeTree(
    wavs(
      "Actor_01/03-01-02-01-01-02-01.wav",
      "Actor_02/03-01-08-02-02-01-02.wav",
      "Actor_02/03-02-05-01-01-01-02.wav",
      "copy/Actor_01/03-01-02-01-01-02-01.wav",
    ),
  );
  const corpus = await loadCorpus(`ravdess:${root}`);
  expect(corpus.classes).toEqual(["calm", "surprise"]);
  expect(corpus.utterances).toEqual([
    {
      id: "03-01-02-01-01-02-01",
      file: join(root, "Actor_01", "03-01-02-01-01-02-01.wav"),
      emotion: "calm",
      transcript: "Kids are talking by the door.",
      speaker: "01",
      gender: "male",
      script: "01",
    },
    {
      id: "03-01-08-02-02-01-02",
      file: join(root, "Actor_02", "03-01-08-02-02-01-02.wav"),
      emotion: "surprise",
      transcript: "Dogs are sitting by the door.",
      speaker: "02",
      gender: "female",
      script: "02",
    },
  ]);
});

test("CREMA-D, with and without its table of actors", async () => {
  const files = wavs("AudioWAV/1001_DFA_ANG_XX.wav", "AudioWAV/1040_ITH_SAD_X.wav", "AudioWAV/1002_IEO_HAP_HI.wav");
  const table =
    "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n1002,21,Female,Caucasian,Not Hispanic\n";
  const corpus = await loadCorpus(`cremad:${await makeTree({ ...files, "VideoDemographics.csv": table })}`);
  expect(ids(corpus)).toEqual(["1001_DFA_ANG_XX", "1002_IEO_HAP_HI", "1040_ITH_SAD_X"]);
  expect(emotions(corpus)).toEqual(["anger", "happiness", "sadness"]);
  expect(corpus.utterances.map((u) => u.gender)).toEqual(["male", "female", undefined]);
  expect(corpus.utterances[0]).toMatchObject({ speaker: "1001", script: "DFA", transcript: "Don't forget a jacket." });
  const bare = await loadCorpus(`cremad:${await makeTree(files)}`);
  expect(bare.utterances.map((u) => u.gender)).toEqual([undefined, undefined, undefined]);
  const wrong = await makeTree({ ...files, "VideoDemographics.csv": "ActorID,Sex\n1001,?\n" });
  await expect(loadCorpus(`cremad:${wrong}`)).rejects.toThrow(/line 2: Sex is "\?", not Female or Male/);
});

test("SAVEE, in a folder a speaker or in one", async () => {
  const folders = await loadCorpus(`savee:${await makeTree(wavs("AudioData/DC/a01.wav", "AudioData/JK/su15.wav"))}`);
  const flat = await loadCorpus(`savee:${await makeTree(wavs("DC_a01.wav", "JK_su15.wav"))}`);
  for (const corpus of [folders, flat]) {
    expect(ids(corpus)).toEqual(["DC_a01", "JK_su15"]);
    expect(emotions(corpus)).toEqual(["anger", "surprise"]);
    expect(corpus.utterances[1]).toMatchObject({ speaker: "JK", gender: "male", script: "su15" });
  }
});

test("TESS, its one odd name and its copies included", async () => {
  const root = await makeTree(
    wavs(
      "YAF_pleasant_surprised/YAF_back_ps.wav",
      "OAF_angry/OAF_back_angry.wav",
      "OAF_neutral/OA_bite_neutral.wav",
      "copy/OAF_angry/OAF_back_angry.wav",
    ),
  );
  const corpus = await loadCorpus(`tess:${root}`);
  expect(ids(corpus)).toEqual(["OAF_back_angry", "OAF_bite_neutral", "YAF_back_ps"]);
  expect(emotions(corpus)).toEqual(["anger", "neutral", "surprise"]);
  expect(corpus.utterances[2]).toMatchObject({
    speaker: "YAF",
    gender: "female",
    script: "back",
    transcript: "Say the word back.",
  });
});

const meldHeader =
  "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime";

test("MELD, its text and the sound that is there", async () => {
  const root = await makeTree({
    "train_sent_emo.csv": `${meldHeader}\n1,"also I was the point person, on it",Chandler,neutral,neutral,0,0,8,21,"00:16:16,059","00:16:21,731"\n2,Oh!,Rachel,joy,positive,0,1,8,21,"0","1"\n`,
    "test_sent_emo.csv": `${meldHeader}\n1,No.,Rachel,anger,negative,0,0,8,21,"0","1"\n`,
    ...wavs("train_splits/dia0_utt1.wav"),
  });
  const corpus = await loadCorpus(`meld:${root}`);
  expect(ids(corpus)).toEqual(["test_dia0_utt0", "train_dia0_utt0", "train_dia0_utt1"]);
  expect(corpus.classes).toEqual(["anger", "happiness", "neutral"]);
  expect(corpus.utterances[1]).toEqual({
    id: "train_dia0_utt0",
    emotion: "neutral",
    transcript: "also I was the point person, on it",
    speaker: "Chandler",
    session: "train_dia0",
    dialogue: { name: "train_dia0", turn: 0 },
    split: "train",
  });
  expect(corpus.utterances[2]).toMatchObject({
    emotion: "happiness",
    file: join(root, "train_splits", "dia0_utt1.wav"),
  });
});

test("MELD without its tables, or with an unknown emotion, is refused", async () => {
  await expect(loadCorpus(`meld:${await makeTree({})}`)).rejects.toThrow(/no table of meld found/);
  const root = await makeTree({ "dev_sent_emo.csv": `${meldHeader}\n1,Oh!,Rachel,bliss,positive,0,1,8,21,0,1\n` });
  await expect(loadCorpus(`meld:${root}`)).rejects.toThrow(/dev_sent_emo\.csv: line 2: unknown emotion "bliss"/);
});

test("GoEmotions, rows of one label", async () => {
  const root = await makeTree({
    "labels.txt": "anger\njoy\nneutral\n",
    "train.tsv": 'My "favourite" food\t2\tb1\nWhy?\t0,1\ta1\n',
    "test.tsv": "Yes!\t1\tc1\r\n",
  });
  const corpus = await loadCorpus(`goemotions:${root}`);
  expect(corpus.classes).toEqual(["happiness", "neutral"]);
  expect(corpus.utterances).toEqual([
    { id: "test_c1", emotion: "happiness", transcript: "Yes!", split: "test" },
    { id: "train_b1", emotion: "neutral", transcript: 'My "favourite" food', split: "train" },
  ]);
});

const loadTrain = async (train: string) =>
  loadCorpus(`goemotions:${await makeTree({ "labels.txt": "joy\n", "train.tsv": train })}`);

test("damaged GoEmotions is refused", async () => {
  await expect(loadTrain("text\t0\n")).rejects.toThrow(/train\.tsv: line 1 has 2 values, not 3/);
  await expect(loadTrain("text\t0\tx\ntext\t0,1\ty\n")).rejects.toThrow(
    /train\.tsv: line 2: label "1" is not in labels\.txt/,
  );
  await expect(loadCorpus(`goemotions:${await makeTree({})}`)).rejects.toThrow(/no table of goemotions found/);
  await expect(loadCorpus(`goemotions:${await makeTree({ "train.tsv": "" })}`)).rejects.toThrow(
    /labels\.txt: no such file/,
  );
});

test("a CSV file of one's own", async () => {
  const root = await makeTree({
    "my.csv":
      'file,emotion,speaker,gender,split,transcript,start,end\nwav/a.wav,joy,s1,F,train,Hello,0.5,1.25\n,anger,s2,male,,"Go, now",,\n',
  });
  const corpus = await loadCorpus(`csv:${join(root, "my.csv")}`);
  expect(corpus.classes).toEqual(["anger", "joy"]);
  expect(corpus.utterances).toEqual([
    {
      id: "row-0000002",
      file: join(root, "wav", "a.wav"),
      start: 0.5,
      end: 1.25,
      emotion: "joy",
      transcript: "Hello",
      speaker: "s1",
      gender: "female",
      split: "train",
    },
    { id: "row-0000003", emotion: "anger", transcript: "Go, now", speaker: "s2", gender: "male" },
  ]);
});

test.each([
  ["file\na.wav\n", /no column "emotion"; the columns are file/],
  ["emotion,speaker\njoy,s\n", /no column "file" or "transcript"/],
  ["emotion,file\n,a.wav\n", /line 2 has no emotion/],
  ["emotion,file\njoy,\n", /line 2 has neither file nor transcript/],
  ["emotion,file,start\njoy,a,soon\n", /line 2: start is "soon", not a number of seconds/],
  ["emotion,file,end\njoy,a,-1\n", /line 2: end is "-1"/],
  ["emotion,file,gender\njoy,a,x\n", /line 2: gender is "x", not female or male/],
  ["emotion,file\n", /the table has no rows/],
])("the CSV file %j is refused", async (text, message) => {
  const path = join(await makeTree({ "my.csv": text }), "my.csv");
  await expect(loadCorpus(`csv:${path}`)).rejects.toThrow(TableError);
  await expect(loadCorpus(`csv:${path}`)).rejects.toThrow(message);
});

test.each(["emodb", "ravdess", "cremad", "savee", "tess"])(
  "a directory with no audio of %s is refused",
  async (name) => {
    const root = await makeTree(wavs("speech.wav"));
    await expect(loadCorpus(`${name}:${root}`)).rejects.toThrow(CorpusError);
    await expect(loadCorpus(`${name}:${root}`)).rejects.toThrow(`${root}: no audio of ${name} found; expected e.g. `);
  },
);

test("unknown names, missing paths and wrong options are refused", async () => {
  await expect(loadCorpus("emodp:/x")).rejects.toThrow(`unknown corpus "emodp"; corpora are ${corpusNames.join(", ")}`);
  await expect(loadCorpus("toString:/x")).rejects.toThrow(CorpusError);
  await expect(loadCorpus("/x")).rejects.toThrow(/NAME:PATH, not \/x; names are cremad, csv, emodb/);
  await expect(loadCorpus("emodb:/no/such")).rejects.toThrow("/no/such: no such file or directory");
  const root = await makeTree({ "a.csv": "" });
  await expect(loadCorpus(`csv:${root}`)).rejects.toThrow(/csv wants a file/);
  await expect(loadCorpus(`emodb:${join(root, "a.csv")}`)).rejects.toThrow(/emodb wants a directory/);
  await expect(loadCorpus({ name: "emodb", path: root, options: { classes: "four" } })).rejects.toThrow(OptionError);
  const five = { classes: "five" as "four" };
  await expect(loadCorpus({ name: "iemocap", path: root, options: five })).rejects.toThrow(
    /IEMOCAP has seed, six, four/,
  );
});
