namespace Sosia.Learning.Methods;

/// <summary>The twenty methods that Sosia is made for, 3D-CSL first.</summary>
public static class MethodCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<MethodCard> All { get; } =
    [
        new(
            "3d-csl",
            "3D-CSL: self-supervised 3D context similarity learning for Near-Duplicate Video Retrieval",
            "Rui Deng, Qian Wu, Yuke Li",
            "ICIP 2023",
            "2211.05352",
            "Near-duplicate video retrieval with one vector for eight seconds of video.",
            MethodState.Whole,
            "Network, clips, similarity and evaluation are the authors' code. Their training was not published: its stages, three clips, "
            + "losses and memory are read off the pipeline figure and the abstract, most values off their next paper's code (DRCA). "
            + "Ours are: the formula of L_FCS (its default reading is an inference), ShotMix, the augmentations, and PredMAE's masks, decoder and values."),
        new(
            "carl",
            "Frame-wise Action Representations for Long Videos via Sequence Contrastive Learning",
            "Minghao Chen, Fangyun Wei, Chong Li, Deng Cai",
            "CVPR 2022",
            "2203.14957",
            "A vector for each frame of a long video, by which two videos are aligned moment by moment.",
            MethodState.Whole,
            "Network, views, loss and evaluation are as in the authors' code. Ours are: FineGym's rule for blocks everywhere, a Gaussian that does not vanish for far frames, one blur. The weakly supervised term (weak, 0 where nothing is said) is ours; BYOL's weights are not shipped."),
        new(
            "concur",
            "Temporal Contrastive Learning with Curriculum",
            "Shuvendu Roy, Ali Etemad",
            "ICASSP 2023",
            "2209.00760",
            "Clip vectors from pairs of clips that lie further and further apart as training goes on."),
        new(
            "cpnet",
            "Self-supervised Spatiotemporal Representation Learning by Exploiting Video Continuity",
            "Hanwen Liang, Niamul Quader, Zhixiang Chi, Lizhe Chen, Peng Dai, Juwei Lu, Yang Wang",
            "AAAI 2022",
            "2112.05883",
            "Clip vectors, and a detector of jumps and of what was cut out at them."),
        new(
            "cstp",
            "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation",
            "Yujia Zhang, Lai-Man Po, Xuyuan Xu, Mengyang Liu, Yexin Wang, Weifeng Ou, Yuzhi Zhao, Wing-Yin Yu",
            "AAAI 2022",
            "2112.08913",
            "Clip vectors graded by how much two clips overlap in picture and in time."),
        new(
            "dclr",
            "Dual Contrastive Learning for Spatio-temporal Representation",
            "Shuangrui Ding, Rui Qian, Hongkai Xiong",
            "ACM Multimedia 2022",
            "2207.05340",
            "Clip vectors in which both the still scene and its motion count."),
        new(
            "fame",
            "Motion-aware Contrastive Video Representation Learning via Foreground-background Merging",
            "Shuangrui Ding, Maomao Li, Tianyu Yang, Rui Qian, Haohang Xu, Qingyi Chen, Jue Wang, Hongkai Xiong",
            "CVPR 2022",
            "2109.15130",
            "Clip vectors that tell what moves, whatever is behind it.",
            MethodState.Whole,
            "All of it is as in the authors' code. Ours are: the queue as it was before the step for both directions, a sigma of the blur for each clip, ties of the mask, videos without a whole window, R(2+1)D's learning rate."),
        new(
            "fish-segmentation",
            "Transformer-based Self-Supervised Fish Segmentation in Underwater Videos",
            "Alzayat Saleh, Marcus Sheaves, Dean Jerry, Mostafa Rahimi Azghadi",
            "arXiv 2022",
            "2206.05390",
            "Features of places that stay the same through time, so that one mask serves for all frames."),
        new(
            "internvideo",
            "InternVideo: General Video Foundation Models via Generative and Discriminative Learning",
            "Yi Wang, Kunchang Li, Yizhuo Li, Yinan He, Bingkun Huang, Zhiyu Zhao, Hongjie Zhang, Jilan Xu, Yi Liu, Zun Wang, Sen Xing, Guo Chen, Junting Pan, Jiashuo Yu, Yali Wang, Limin Wang, Yu Qiao",
            "technical report, 2022",
            "2212.03191",
            "A masked video encoder and one beside a text encoder, joined: features, and search by text."),
        new(
            "maclr",
            "MaCLR: Motion-aware Contrastive Learning of Representations for Videos",
            "Fanyi Xiao, Joseph Tighe, Davide Modolo",
            "ECCV 2022",
            "2106.09703",
            "An encoder of pictures in motion that learnt from a second one, of moving edges alone."),
        new(
            "moquad",
            "MoQuad: Motion-focused Quadruple Construction for Video Contrastive Learning",
            "Yuan Liu, Jiacheng Chen, Hao Wu",
            "ECCV Workshops 2022",
            "2212.10870",
            "Clip vectors sensitive to motion, from one network without a queue or optical flow."),
        new(
            "mscl",
            "Motion Sensitive Contrastive Learning for Self-supervised Video Representation",
            "Jingcheng Ni, Nan Zhou, Jie Qin, Qian Wu, Junqi Liu, Boxun Li, Di Huang",
            "ECCV 2022",
            "2208.06105",
            "Features of short motion, learnt with optical flow and used without it."),
        new(
            "mvd",
            "Masked Video Distillation: Rethinking Masked Feature Modeling for Self-supervised Video Representation Learning",
            "Rui Wang, Dongdong Chen, Zuxuan Wu, Yinpeng Chen, Xiyang Dai, Mengchen Liu, Lu Yuan, Yu-Gang Jiang",
            "CVPR 2023",
            "2212.04500",
            "A video transformer that learnt the features of two masked autoencoders at hidden places.",
            MethodState.Whole,
            "All of it is as in the authors' code. The teachers' published files are not shipped: without them a teacher has starting weights, for trials."),
        new(
            "previts",
            "PreViTS: Contrastive Pretraining with Video Tracking Supervision",
            "Brian Chen, Ramprasaath R. Selvaraju, Shih-Fu Chang, Juan Carlos Niebles, Nikhil Naik",
            "WACV 2023",
            "2112.00804",
            "Features that depend less on background and framing, from clips that show the same tracked thing."),
        new(
            "slic",
            "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos",
            "Salar Hosseini Khorasgani, Yuxuan Chen, Florian Shkurti",
            "CVPR 2022",
            "2206.12534",
            "Clip and video vectors for videos of the same content, and the clusters that they form.",
            MethodState.Whole,
            "All of it is as in the authors' code, in its configuration without optical flow. Ours are: the nearest negative itself where none is admissible, repeating short videos for the positive too."),
        new(
            "svt",
            "Self-supervised Video Transformer",
            "Kanchana Ranasinghe, Muzammal Naseer, Salman Khan, Fahad Shahbaz Khan, Michael S. Ryoo",
            "CVPR 2022",
            "2112.01514",
            "A clip vector that changes little when a video is cropped, cut short or played at another rate.",
            MethodState.Whole,
            "All of it is as in the authors' code, with the numbers of frames that they name as the paper's. Ours is: the teacher drops no branches."),
        new(
            "t2ibua",
            "Leveraging Self-Supervised Training for Unintentional Action Recognition",
            "Enea Duka, Anna Kukleva, Bernt Schiele",
            "ECCV Workshops 2022",
            "2209.11870",
            "Says when in a video something goes wrong, from changes of speed, direction and order."),
        new(
            "tcgl",
            "TCGL: Temporal Contrastive Graph for Self-Supervised Video Representation Learning",
            "Yang Liu, Keze Wang, Lingbo Liu, Haoyuan Lan, Liang Lin",
            "IEEE Transactions on Image Processing 2022",
            "2112.03587",
            "Clip vectors of motion, with what stands still in a clip taken out of it."),
        new(
            "teg",
            "Exploring Temporal Granularity in Self-Supervised Video Representation Learning",
            "Rui Qian, Yeqing Li, Liangzhe Yuan, Boqing Gong, Ting Liu, Matthew Brown, Serge Belongie, Ming-Hsuan Yang, Hartwig Adam, Yin Cui",
            "arXiv 2021",
            "2112.04480",
            "A vector for each moment that says when as well as what, to locate copied stretches."),
        new(
            "x-clip",
            "X-CLIP: End-to-End Multi-grained Contrastive Learning for Video-Text Retrieval",
            "Yiwei Ma, Guohai Xu, Xiaoshuai Sun, Ming Yan, Ji Zhang, Rongrong Ji",
            "ACM Multimedia 2022",
            "2207.07285",
            "Finds a video by a sentence and a sentence by a video, and the frames and words that carried it."),
    ];

    /// <summary>The method of a name; null where there is none.</summary>
    public static MethodCard? Find(string id) => All.FirstOrDefault(card => card.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
