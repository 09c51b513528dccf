/// Transforms of other libraries that Hone does not have, and why.
public struct LeftOut: Sendable, Hashable, Codable {
  public let peer: Peer
  public let names: [String]
  public let reason: String

  fileprivate init(_ peer: Peer, _ names: String, _ reason: String) {
    self.peer = peer
    self.names = names.split(separator: " ").map(String.init)
    self.reason = reason
  }
}

extension Catalogue {
  /// What is left out, library by library. A name that has found a place in Hone since is none of them.
  public static let leftOut: [LeftOut] = reasons.compactMap { entry in
    let names = entry.names.filter { name in
      !entries.contains { $0.names(in: entry.peer).contains(name) }
    }
    return names.isEmpty ? nil : LeftOut(entry.peer, names.joined(separator: " "), entry.reason)
  }

  /// Why a name of some library leads nowhere; nil for names that nobody knows.
  public static func reason(against name: String) -> LeftOut? {
    leftOut.first { $0.names.contains { $0.lowercased() == name.lowercased() } }
  }

  private static let boxes = "Chooses by boxes, masks or keypoints, which plans carry along but do not look at."
  private static let carried = "A plan moves points and boxes itself, and drops those that leave (docs/plans.md)."
  private static let volumes = "For volumes; Hone's pictures are flat."
  private static let sounds = "For spectrograms of sound."
  private static let types =
    "Changes only how numbers are stored; Hone's pictures are bytes until the last pass writes the batch."

  private static let reasons: [LeftOut] = [
    LeftOut(
      .albumentations,
      "AtLeastOneBBoxRandomCrop BBoxSafeRandomCrop CropNonEmptyMaskIfExists RandomCropNearBBox RandomSizedBBoxSafeCrop "
        + "MaskDropout", boxes),
    LeftOut(.torchvision, "RandomIoUCrop", boxes),
    LeftOut(
      .torchvision,
      "ClampBoundingBoxes ClampKeyPoints ConvertBoundingBoxFormat SanitizeBoundingBoxes SanitizeKeyPoints", carried),
    LeftOut(.keras, "MaxNumBoundingBoxes", carried),
    LeftOut(.kornia, "RandomTransplantation", boxes),
    LeftOut(.dali, "coord_flip coord_transform bb_flip bbox_rotate bbox_paste", carried),
    LeftOut(
      .albumentations, "CenterCrop3D RandomCrop3D Pad3D PadIfNeeded3D CoarseDropout3D CubicSymmetry ToTensor3D", volumes
    ),
    LeftOut(.torchvision, "UniformTemporalSubsample", "Chooses frames; one plan applied to each moves them alike."),
    LeftOut(.kornia, "VideoSequential", "One plan applied to all frames moves them alike (docs/plans.md)."),
    LeftOut(
      .kornia,
      "RandomAffine3D RandomCrop3D RandomDepthicalFlip3D RandomEqualize3D RandomHorizontalFlip3D RandomMotionBlur3D "
        + "RandomPerspective3D RandomRotation3D RandomTransplantation3D RandomVerticalFlip3D CenterCrop3D",
      volumes),
    LeftOut(.albumentations, "TimeMasking FrequencyMasking TimeReverse", sounds),
    LeftOut(.albumentations, "ToFloat FromFloat ToRGB", types),
    LeftOut(.torchvision, "ToDtype ToImage ToPureTensor PILToTensor RGB", types),
    LeftOut(.kornia, "Denormalize", "Undoes a batch's numbers; Hone keeps the picture and its plan instead."),
    LeftOut(.dali, "debayer", "Makes a picture from a camera's raw grid; not a change to a picture."),
    LeftOut(.generator, "data_format", types),
    LeftOut(
      .albumentations, "Lambda", "A function cannot be saved; a transform of one's own can (docs/own-transform.md)."),
    LeftOut(
      .torchvision, "Lambda", "A function cannot be saved; a transform of one's own can (docs/own-transform.md)."),
    LeftOut(.imgaug, "Lambda", "A function cannot be saved; a transform of one's own can (docs/own-transform.md)."),
    LeftOut(
      .generator, "preprocessing_function",
      "A function cannot be saved; a transform of one's own can (docs/own-transform.md)."),
    LeftOut(.albumentations, "TextImage", "Prints given words; Hone's transforms know the picture and its class only."),
    LeftOut(.albumentations, "ReplayCompose", "Every plan can be saved and applied again; nothing special is needed."),
    LeftOut(
      .kornia, "ManyToManyAugmentationDispather ManyToOneAugmentationDispather PatchSequential",
      "Sends parts of a tensor through different steps; OneOf, PerClass and OnChannels cover what it is used for."),
    LeftOut(
      .imgaug, "TotalDropout",
      "Leaves an empty picture with its class's label; Blended or OneOf with Erase say it better."),
    LeftOut(
      .imgaug,
      "WithColorspace WithPolarWarping SimplexNoiseAlpha FrequencyNoiseAlpha Voronoi Canny MeanShiftBlur "
        + "KMeansColorQuantization", "Rare, of a library without a release since 2020, and without a peer."),
    LeftOut(.albumentations, "HEStain", "For stained tissue; wants a colour deconvolution of its own field."),
    LeftOut(.timm, "TrimBorder", "Cuts a margin that a former padding left; CenterCrop does it."),
    LeftOut(
      .keras, "RandomAspectRatio", "Zoom without keepsAspect and RandomResizedCrop change the aspect where it matters."),
    LeftOut(.kornia, "RandomDissolving", "Needs the weights of a diffusion model."),
    LeftOut(
      .imgaug, "BilateralBlur DirectedEdgeDetect",
      "Rare, of a library without a release since 2020; MedianBlur and EdgeDetect come near."),
    LeftOut(.dali, "lookup_table", "A table that is always the same belongs into the data, not into training."),
  ]
}
