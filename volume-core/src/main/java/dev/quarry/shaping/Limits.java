package dev.quarry.shaping;

/// What each type of volume allows, in one vintage of EBS. Clients differ in the vintage they
/// assume, so a node chooses one. The numbers and their sources stand in [LimitTables].
///
/// @param profile which vintage
public record Limits(
    Profile profile,
    TypeLimits.Gp2 gp2,
    TypeLimits.Gp3 gp3,
    TypeLimits.ProvisionedIops io1,
    TypeLimits.ProvisionedIops io2,
    TypeLimits.HardDisk st1,
    TypeLimits.HardDisk sc1,
    TypeLimits.Magnetic standard,
    TypeLimits.None unlimited) {

  /// A vintage of the table.
  public enum Profile {
    /// As of June 2023, which many scripts and clients still assume.
    Y2023("2023"),
    /// As of 2026.
    Y2026("2026");

    private final String label;

    Profile(String label) {
      this.label = label;
    }

    /// The profile of this label.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Profile parse(String label) {
      for (Profile profile : values()) {
        if (profile.label.equals(label)) {
          return profile;
        }
      }
      throw new IllegalArgumentException(
          "unknown limits profile profile=" + label + " known=2023,2026");
    }

    public String label() {
      return label;
    }
  }

  /// The table of a vintage.
  public static Limits of(Profile profile) {
    return LimitTables.of(profile);
  }

  /// What a type allows.
  public TypeLimits of(VolumeType type) {
    return switch (type) {
      case GP2 -> gp2;
      case GP3 -> gp3;
      case IO1 -> io1;
      case IO2 -> io2;
      case ST1 -> st1;
      case SC1 -> sc1;
      case STANDARD -> standard;
      case UNLIMITED -> unlimited;
    };
  }

  /// The figures a volume is held to.
  public Performance performance(VolumeSpec spec) {
    return switch (spec.provisioned()) {
      case Provisioned.Gp2() -> gp2.performance(spec.sizeGib());
      case Provisioned.Gp3 figures -> gp3.performance(figures);
      case Provisioned.Io1(int iops) -> io1.performance(iops);
      case Provisioned.Io2(int iops) -> io2.performance(iops);
      case Provisioned.St1() -> st1.performance(spec.sizeGib());
      case Provisioned.Sc1() -> sc1.performance(spec.sizeGib());
      case Provisioned.Standard() -> standard.performance();
      case Provisioned.Unlimited() -> new Performance.Unshaped();
    };
  }

  /// The volume a request asks for, with defaults filled in.
  ///
  /// @throws VolumeParameterException if this table does not allow it
  public VolumeSpec check(VolumeRequest request) {
    return new CreationRules(this).check(request);
  }
}
